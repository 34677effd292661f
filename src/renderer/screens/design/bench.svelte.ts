/** The Design screen's actions, apart from its appearance: on the net as a whole, with notices about them. */
import { type ProblemRecord, Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { OpenedFile } from '../../../shared/api/bridge.ts';
import { type FoundSettings, looksLikePyTorch, notebookScript } from '../../../shared/code/parsePyTorch.ts';
import type { Network } from '../../../shared/network/network.ts';
import { type FigureStyle, networkFigure } from '../../../shared/figure/networkFigure.ts';
import { walkNetwork } from '../../../shared/network/shapes.ts';
import { trainingSettingsSchema } from '../../../shared/training/training.ts';
import { saveFile } from '../../charts/save/save.ts';
import { subject } from '../../i18n/design.ts';
import { networkLabel } from '../../i18n/format.ts';
import { problemText } from '../../i18n/problems.ts';
import { m } from '../../paraglide/messages.js';
import type { AppState } from '../../app/app.svelte.ts';
import { copyText } from '../../app/copyText.ts';
import type { ForeignChange } from '../../app/design/design.svelte.ts';
import type { LayerNode } from '../../app/design/netDocument.ts';
import { readNetwork, writeNetwork } from '../../app/design/netText.ts';

/** A net of 256 layers takes about 30 kB. */
const largestFile = 2 ** 20;

/** Notebooks contain the pictures that they show. */
const largestScript = 2 ** 25;

export class DesignBench {
  readonly app: AppState;
  switcherOpen = $state(false);
  versionsOpen = $state(false);
  codeOpen = $state(false);
  /** The text in the dialog for PyTorch code, and the name of its file. */
  code = $state('');
  codeFile = $state<string | null>(null);
  // Focuses the column; only the rendered screen can do it.
  focusColumn: () => void = () => undefined;
  columnHasFocus: () => boolean = () => false;
  find: () => void = () => undefined;
  editFields: () => void = () => undefined;
  pickFile: () => void = () => undefined;

  constructor(app: AppState) {
    this.app = app;
  }

  get design() {
    return this.app.design;
  }

  get editor() {
    return this.app.design.editor;
  }

  /** Reports errors, and also says when the net is read-only. */
  try(work: () => unknown): void {
    const { refused } = this.editor;
    try {
      work();
    } catch (error) {
      this.complain(error);
    }
    if (this.editor.refused > refused) this.refuse();
  }

  complain(error: unknown): void {
    if (!(error instanceof Problem)) throw error;
    this.app.notices.show(problemText(error.toRecord()), { kind: 'bad' });
  }

  refuse(): void {
    this.app.notices.show(m.design_refused(), {
      kind: 'bad',
      action: { label: m.design_duplicate_net(), run: () => this.duplicateNet() },
    });
  }

  labelOf(nodes: readonly LayerNode[]) {
    const [first] = nodes;
    return first && nodes.length === 1 ? { layer: first.layer, count: 1 } : { count: nodes.length };
  }

  /** Runs a keyboard edit of layers, and returns the focus to the column if it came from there. */
  edit(work: () => unknown): void {
    const focused = this.columnHasFocus();
    this.try(work);
    if (focused) this.focusColumn();
  }

  remove(): void {
    const { targets } = this.editor;
    const what = subject(this.labelOf(targets));
    let removed = false;
    this.edit(() => (removed = this.editor.remove()));
    if (!removed) return;
    const step = this.editor.undoLabel;
    this.app.notices.show(m.design_removed({ what }), {
      // The notice undoes the step only while it is the last one: later steps must not be undone with it.
      undo: () => {
        if (this.editor.undoLabel === step) this.editor.undo();
      },
    });
  }

  undo(): void {
    this.edit(() => this.editor.undo());
  }

  redo(): void {
    this.edit(() => this.editor.redo());
  }

  /** A copy from the menu or the palette may make the browser ask for permission. */
  async copyLayers(): Promise<void> {
    const text = this.editor.copy();
    if (text === null) return;
    const { notices } = this.app;
    if (!(await copyText(notices, text, m.design_copy_needs_keys()))) return;
    const what = subject(this.labelOf(this.editor.targets));
    notices.show(m.design_copied({ what }), { milliseconds: 2000 });
  }

  async pasteLayers(): Promise<void> {
    let text: string;
    try {
      text = await navigator.clipboard.readText();
    } catch {
      const run = () => {
        this.codeOpen = true;
      };
      this.app.notices.show(m.design_paste_needs_keys(), {
        kind: 'bad',
        action: { label: m.design_from_code(), run },
      });
      return;
    }
    this.paste(text);
  }

  /** Inserts layers; PyTorch code is first shown as the net that it defines. */
  paste(text: string): void {
    if (looksLikePyTorch(text)) {
      this.code = text;
      this.codeFile = null;
      this.codeOpen = true;
    } else this.edit(() => this.editor.paste(text));
  }

  /** Returns whether a copy or paste concerns layers: not while a text is edited, or text on the page is selected. */
  clipboardIsOurs(event: ClipboardEvent): boolean {
    const target = event.target as Element | null;
    if (!this.design.source || target?.closest?.('input, textarea, [contenteditable], [role="dialog"]'))
      return false;
    return event.type === 'paste' || document.getSelection()?.isCollapsed !== false;
  }

  async create(network?: Network): Promise<void> {
    const { networks, connection, router } = this.app;
    const input = connection.datasets[0] ?? { height: 28, width: 28, channels: 1 };
    const { height, width, channels } = input;
    const made = await this.#ask(() =>
      networks.create(
        network ?? {
          name: networks.freeName(m.design_new_name()),
          input: { height, width, channels },
          layers: [],
        },
      ),
    );
    if (made) router.go({ view: 'design', network: String(made.id) });
  }

  async duplicateNet(): Promise<void> {
    const { network } = this.editor;
    const name = m.design_copy_name({ name: networkLabel(network.name) });
    await this.create({ ...network, name: this.app.networks.freeName(name) });
  }

  async deleteNet(): Promise<void> {
    const { kept } = this.design;
    if (!kept) return;
    const { networks, notices, router } = this.app;
    await this.design.flush();
    const gone = await this.#ask(async () => {
      await networks.delete(kept.id);
      return true;
    });
    if (!gone) return;
    const next = networks.list[0];
    router.go({ view: 'design', network: next ? String(next.id) : 'course' });
    notices.show(m.design_deleted({ name: kept.network.name }), {
      undo: async () => {
        await networks.restore(kept.id);
        router.go({ view: 'design', network: String(kept.id) });
      },
    });
  }

  exportNet(): void {
    saveFile(
      this.#fileName('.json'),
      new Blob([writeNetwork(this.editor.network)], { type: 'application/json' }),
    );
  }

  /** Saves the net as a picture. A net whose layers do not fit has none, and the reason is reported. */
  exportFigure(style: FigureStyle): void {
    try {
      const svg = networkFigure(this.editor.network, style, this.app.locale.current);
      const suffix = style === 'paper' ? '-figure.svg' : '.svg';
      saveFile(this.#fileName(suffix), new Blob([svg], { type: 'image/svg+xml' }));
    } catch (error) {
      this.complain(error);
    }
  }

  #fileName(suffix: string): string {
    return `${networkLabel(this.editor.network.name).replace(/[^\p{L}\p{N}._-]+/gu, '-')}${suffix}`;
  }

  /** Opens a file from the system: a network's JSON, a PyTorch script or a notebook. */
  openFile({ name, text }: OpenedFile): void {
    void this.importFile(new File([text], name));
  }

  async importFile(file: File): Promise<void> {
    const isCode = /\.(py|ipynb|md)$/i.test(file.name);
    if (file.size > (isCode ? largestScript : largestFile)) {
      this.app.notices.show(m.design_file_too_large({ file: file.name }), { kind: 'bad' });
      return;
    }
    if (isCode) {
      const text = await file.text();
      this.code = notebookScript(text) ?? text;
      this.codeFile = file.name;
      this.codeOpen = true;
      return;
    }
    let network: Network;
    try {
      network = readNetwork(await file.text());
    } catch (error) {
      const reason = problemText(toProblemRecord(error));
      this.app.notices.show(m.design_file_problem({ file: file.name, reason }), { kind: 'bad' });
      return;
    }
    await this.create({ ...network, name: this.app.networks.freeName(networkLabel(network.name)) });
    this.app.notices.show(m.design_imported({ name: network.name }));
  }

  /** Takes over a net read from PyTorch code, and the training settings that the code contains. */
  async takeCode(network: Network, settings: FoundSettings | null): Promise<void> {
    const name = this.app.networks.freeName(networkLabel(network.name));
    await this.create({ ...network, name });
    if (!settings) return;
    const parsed = trainingSettingsSchema.safeParse(settings);
    if (parsed.success && !walkNetwork(network).problem)
      this.app.form.fill({ network: { ...network, name }, settings: parsed.data });
  }

  train(): void {
    this.app.form.choose(this.editor.network, this.design.kept?.id);
    this.app.router.go({ view: 'train' });
  }

  foreign(change: ForeignChange): void {
    const { notices, networks } = this.app;
    if (change === 'written') {
      const step = this.editor.undoLabel;
      notices.show(m.design_foreign_written(), {
        undo: () => {
          if (this.editor.undoLabel === step) this.editor.undo();
        },
      });
      return;
    }
    const { source } = this.design;
    if (source?.kind !== 'kept') return;
    notices.show(m.design_foreign_deleted(), {
      kind: 'bad',
      action: { label: m.design_keep_it(), run: () => networks.restore(source.id) },
    });
  }

  /** Reports the lab's error and returns null in that case. */
  async #ask<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      const problem: ProblemRecord = toProblemRecord(error);
      this.app.notices.show(problemText(problem), { kind: 'bad' });
      return null;
    }
  }
}
