/** The kept nets, last changed first and kept up to date by events, and the actions on them. */
import type { LabClient } from '../../../shared/api/api.ts';
import type { StoredNetwork, NetworkVersion } from '../../../shared/api/calls/networks.ts';
import type { Network } from '../../../shared/network/network.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';

export class NetworksState {
  list = $state.raw<readonly StoredNetwork[]>([]);
  /** False until the list has been loaded. */
  loaded = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  /** Identifies this window in its writes. */
  readonly writer = crypto.randomUUID();
  readonly #lab: LabClient;
  #loading: Promise<void> | null = null;

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('networks.changed', ({ id, network }) => this.#put(id, network));
  }

  find(id: number): StoredNetwork | undefined {
    return this.list.find((network) => network.id === id);
  }

  /** Runs one load at a time. Never throws: an error is stored in `problem`. */
  load(): Promise<void> {
    this.#loading ??= this.#load().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #load(): Promise<void> {
    try {
      this.list = await this.#lab.call('networks.list', {});
      this.loaded = true;
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  // The methods below throw the lab's errors.

  async create(network: Network): Promise<StoredNetwork> {
    const made = await this.#lab.call('networks.create', { network, writer: this.writer });
    this.#put(made.id, made);
    return made;
  }

  async save(id: number, network: Network): Promise<void> {
    this.#put(id, await this.#lab.call('networks.save', { id, network, writer: this.writer }));
  }

  async saveVersion(id: number, network: Network, note: string): Promise<StoredNetwork> {
    const saved = await this.#lab.call('networks.saveVersion', { id, network, note, writer: this.writer });
    this.#put(id, saved);
    return saved;
  }

  async versions(id: number): Promise<readonly NetworkVersion[]> {
    return (await this.#lab.call('networks.get', { id })).versions;
  }

  async delete(id: number): Promise<void> {
    await this.#lab.call('networks.delete', { id, writer: this.writer });
    this.#put(id, null);
  }

  async restore(id: number): Promise<void> {
    this.#put(id, await this.#lab.call('networks.restore', { id, writer: this.writer }));
  }

  /** Returns the first of `Net`, `Net 2`, … that no kept net has. */
  freeName(wanted: string): string {
    const taken = new Set(this.list.map(({ network }) => network.name));
    const base = wanted.slice(0, 74).trim();
    for (let number = 2, name = base; ; number++) {
      if (!taken.has(name)) return name;
      name = `${base} ${number}`;
    }
  }

  #put(id: number, network: StoredNetwork | null): void {
    const known = this.find(id);
    // An answer and its event carry the same net; the one that is older than the known revision is ignored.
    if (network && known && known.revision > network.revision) return;
    const others = this.list.filter((each) => each.id !== id);
    this.list = network
      ? [...others, network].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt) || b.id - a.id)
      : others;
  }
}
