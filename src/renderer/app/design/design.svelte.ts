/**
 * The net that is open for editing: a preset, which is read-only, or a kept net, which is written after every change.
 * Unwritten changes are also in the window's session storage, so that a reload at that moment, or an unreachable lab,
 * loses nothing. If two windows edit one net the last writer wins, and the other one can undo that.
 */
import { untrack } from 'svelte';
import type { LabClient } from '../../../shared/api/api.ts';
import { type Network, networkSchema } from '../../../shared/network/network.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import { findPreset, presets } from '../../../shared/network/presets.ts';
import { Problem, type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { NetEditor } from './netEditor.svelte.ts';
import type { NetworksState } from './networks.svelte.ts';

export type NetSource =
  { readonly kind: 'preset'; readonly name: string } | { readonly kind: 'kept'; readonly id: number };

/** The kind of change that another window made to the open net. */
export type ForeignChange = 'written' | 'deleted';

/** The delay is long enough to write a typed word once, and short enough not to be noticed. */
const writeAfterMs = 300;
const stashKey = (id: number) => `stride-net-${id}`;

export class DesignState {
  readonly editor: NetEditor;
  /** Null until a net has been opened. */
  source = $state.raw<NetSource | null>(null);
  /** The reason why the requested net could not be opened. */
  problem = $state.raw<ProblemRecord | null>(null);
  /** The reason why the last write failed; it is retried at the next change and on reconnecting. */
  writeProblem = $state.raw<ProblemRecord | null>(null);
  writing = $state.raw(false);

  readonly #networks: NetworksState;
  readonly #session: Storage;
  readonly #pending = new Map<number, Network>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #taking = false;
  #foreign: (change: ForeignChange) => void = () => undefined;

  constructor(lab: LabClient, networks: NetworksState, session: Storage) {
    this.#networks = networks;
    this.#session = session;
    this.editor = new NetEditor(presets[0]!.network, () => this.#changed());
    lab.on('networks.changed', ({ id, network, writer }) => {
      if (writer !== networks.writer) this.#hear(id, network?.network ?? null);
    });
  }

  /**
   * Subscribes to other windows' changes to the open net, which have been applied by then. Returns the function that
   * unsubscribes.
   */
  onForeignChange(listener: (change: ForeignChange) => void): () => void {
    this.#foreign = listener;
    return () => {
      if (this.#foreign === listener) this.#foreign = () => undefined;
    };
  }

  /** Opens a net by a preset's name or a kept net's number, as in the address. */
  async open(name: string): Promise<void> {
    const source = sourceOf(name);
    this.problem = null;
    if (untrack(() => sameSource(this.source, source))) return;
    void this.flush();
    if (source?.kind === 'preset') {
      this.editor.open(findPreset(source.name)!.network, true);
      this.source = source;
      return;
    }
    if (!this.#networks.loaded) await this.#networks.load();
    const kept = source && this.#networks.find(source.id);
    if (!source || !kept) {
      const unknown = new Problem('network.unknown', `there is no net "${name}"`, { id: name });
      this.problem = this.#networks.problem ?? unknown.toRecord();
      this.source = null;
      return;
    }
    this.#taking = true;
    this.editor.open(kept.network);
    this.#taking = false;
    this.source = source;
    this.#unstash(source.id);
  }

  /** On reconnecting, pending changes are written, and another window's changes are applied. */
  async reconnected(): Promise<void> {
    await this.flush();
    const { kept } = this;
    if (kept && !this.writeProblem) this.#hear(kept.id, kept.network);
  }

  /** The open kept net, as history knows it. */
  get kept() {
    return this.source?.kind === 'kept' ? this.#networks.find(this.source.id) : undefined;
  }

  /** Writes the pending changes. Never rejects: errors are stored in `writeProblem`. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.writing) return;
    this.writing = true;
    try {
      for (let next = first(this.#pending); next; next = first(this.#pending)) {
        const [id, network] = next;
        await this.#networks.save(id, network);
        if (this.#pending.get(id) !== network) continue;
        this.#pending.delete(id);
        this.#session.removeItem(stashKey(id));
      }
      this.writeProblem = null;
    } catch (error) {
      this.writeProblem = toProblemRecord(error);
    } finally {
      this.writing = false;
    }
  }

  async saveVersion(note: string): Promise<number | null> {
    const kept = this.kept;
    if (!kept) return null;
    const network = this.editor.network;
    const saved = await this.#networks.saveVersion(kept.id, network, note);
    if (this.#pending.get(kept.id) === network) {
      this.#pending.delete(kept.id);
      this.#session.removeItem(stashKey(kept.id));
    }
    return saved.version;
  }

  #changed(): void {
    if (this.#taking || this.source?.kind !== 'kept') return;
    const { id } = this.source;
    const network = this.editor.network;
    this.#pending.set(id, network);
    this.#stash(id, network);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), writeAfterMs);
  }

  #hear(id: number, network: Network | null): void {
    if (this.source?.kind !== 'kept' || this.source.id !== id) return;
    if (network === null) {
      this.#foreign('deleted');
      return;
    }
    // The pending local changes are newer; they are written in a moment, and the other window then receives them.
    if (this.#pending.has(id) || sameNetwork(network, this.editor.network)) return;
    // The change is not a step of this window: undoing here must not revert what was done there.
    this.#taking = true;
    this.editor.open(network, false);
    this.#taking = false;
    this.#foreign('written');
  }

  #stash(id: number, network: Network): void {
    try {
      this.#session.setItem(stashKey(id), JSON.stringify(network));
    } catch {
      // The session storage is full: only the lab keeps the change, a moment later.
    }
  }

  /** Restores the changes that a reload of this window left unwritten, as one step that can be undone. */
  #unstash(id: number): void {
    const text = this.#session.getItem(stashKey(id));
    if (text === null) return;
    const { success, data } = networkSchema.safeParse(parseText(text));
    if (success) this.editor.replace(data);
    else this.#session.removeItem(stashKey(id));
  }
}

export function sourceName(source: NetSource): string {
  return source.kind === 'preset' ? source.name : String(source.id);
}

function sourceOf(name: string): NetSource | null {
  if (findPreset(name)) return { kind: 'preset', name };
  return /^[1-9]\d{0,14}$/.test(name) ? { kind: 'kept', id: Number(name) } : null;
}

function sameSource(a: NetSource | null, b: NetSource | null): boolean {
  return a !== null && b !== null && a.kind === b.kind && sourceName(a) === sourceName(b);
}

function first(pending: ReadonlyMap<number, Network>): [number, Network] | undefined {
  const next = pending.entries().next();
  return next.done ? undefined : next.value;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
