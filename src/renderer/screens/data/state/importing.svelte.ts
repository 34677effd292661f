/** The import of a set: uploading its files, previewing the result, and the import itself. */
import type { LabClient } from '../../../../shared/api/api.ts';
import { type ImportPreview, uploadPieceBytes } from '../../../../shared/api/calls/datasets.ts';
import { type ProblemRecord, toProblemRecord } from '../../../../shared/base/problem.ts';
import type { DatasetEntry, ImportOptions, ImportProgress } from '../../../../shared/datasets/importing.ts';

export interface NamedFile {
  /** The name includes its folders, separated by "/". */
  readonly name: string;
  readonly file: File;
}

type Doing = 'sending' | 'looking' | 'importing';
type From = { path: string } | { uploaded: string };
export type ImportWindow = Pick<
  ImportOptions,
  'fit' | 'colour' | 'background' | 'invert' | 'damaged' | 'size'
>;

let tickets = 0;

export class Importing {
  doing = $state.raw<Doing | null>(null);
  /** Bytes sent, and the total. */
  sent = $state.raw({ done: 0, total: 0 });
  progress = $state.raw<ImportProgress | null>(null);
  preview = $state.raw<ImportPreview | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  from = $state.raw<From | null>(null);
  /** Name of the chosen source, for display. */
  chosen = $state.raw('');
  readonly #lab: LabClient;
  #ticket = '';
  /** Counts the choices, so that results of an earlier one are dropped. */
  #choice = 0;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  /** Returns the function that stops following. */
  follow(): () => void {
    return this.#lab.on('datasets.progress', ({ ticket, ...progress }) => {
      if (ticket === this.#ticket) this.progress = progress;
    });
  }

  async choosePath(path: string, options: ImportWindow): Promise<void> {
    await this.forget();
    this.chosen = path;
    this.from = { path };
    await this.look(options);
  }

  async chooseFiles(files: readonly NamedFile[], options: ImportWindow): Promise<void> {
    await this.forget();
    const choice = this.#choice;
    const uploaded = this.#newTicket();
    const [first] = files;
    this.chosen = first ? (first.name.split('/')[0] as string) : '';
    this.doing = 'sending';
    this.sent = { done: 0, total: files.reduce((sum, { file }) => sum + file.size, 0) };
    try {
      for (const { name, file } of files) {
        for (let from = 0; from === 0 || from < file.size; from += uploadPieceBytes) {
          const piece = new Uint8Array(await file.slice(from, from + uploadPieceBytes).arrayBuffer());
          if (choice !== this.#choice) return;
          await this.#lab.call('datasets.upload', { ticket: uploaded, name, piece });
          this.sent = { ...this.sent, done: this.sent.done + piece.length };
        }
      }
      this.from = { uploaded };
    } catch (error) {
      this.problem = toProblemRecord(error);
    } finally {
      if (choice === this.#choice) this.doing = null;
      else void this.#lab.call('datasets.forgetUpload', { ticket: uploaded });
    }
    if (choice === this.#choice && this.from) await this.look(options);
  }

  /** Fetches a preview of the import with these options. */
  async look(options: ImportWindow): Promise<void> {
    const { from } = this;
    if (!from) return;
    const choice = this.#choice;
    await this.#do('looking', async (ticket) => {
      const preview = await this.#lab.call('datasets.preview', { ticket, from, options });
      if (choice === this.#choice) this.preview = preview;
    });
  }

  /** Returns null if the import failed, with a problem unless it was cancelled. */
  async take(
    options: ImportWindow & { readonly name?: string },
  ): Promise<{ entry: DatasetEntry; alreadyThere: boolean } | null> {
    const { from } = this;
    if (!from) return null;
    return this.#do('importing', (ticket) => this.#lab.call('datasets.import', { ticket, from, options }));
  }

  async cancel(): Promise<void> {
    if (this.doing === 'sending') await this.forget();
    else await this.#lab.call('datasets.cancelImport', { ticket: this.#ticket });
  }

  /** Resets the dialog; uploaded files are removed. */
  async forget(): Promise<void> {
    this.#choice += 1;
    const { from, doing } = this;
    [this.from, this.preview, this.problem, this.doing, this.chosen] = [null, null, null, null, ''];
    if (doing === 'looking' || doing === 'importing')
      await this.#lab.call('datasets.cancelImport', { ticket: this.#ticket });
    if (from && 'uploaded' in from) await this.#lab.call('datasets.forgetUpload', { ticket: from.uploaded });
  }

  async #do<T>(doing: Doing, work: (ticket: string) => Promise<T>): Promise<T | null> {
    const choice = this.#choice;
    [this.doing, this.problem, this.progress] = [doing, null, null];
    try {
      return await work(this.#newTicket());
    } catch (error) {
      const problem = toProblemRecord(error);
      if (choice === this.#choice && problem.code !== 'dataset.cancelled') this.problem = problem;
      return null;
    } finally {
      if (choice === this.#choice) this.doing = null;
    }
  }

  #newTicket(): string {
    tickets += 1;
    this.#ticket = `window-${crypto.randomUUID()}-${tickets}`;
    return this.#ticket;
  }
}

/** Returns all dropped files, including those within folders. */
export async function droppedFiles(items: DataTransferItemList): Promise<NamedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const files: NamedFile[] = [];
  const walk = async (entry: FileSystemEntry, before: string): Promise<void> => {
    const name = before + entry.name;
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => {
        (entry as FileSystemFileEntry).file(resolve, reject);
      });
      files.push({ name, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
        reader.readEntries(resolve, reject);
      });
      if (some.length === 0) return;
      for (const each of some) await walk(each, `${name}/`);
    }
  };
  for (const entry of entries) await walk(entry, '');
  return files;
}

/** Returns the files that were chosen in the browser's own dialog, of files or of a folder. */
export function chosenFiles(list: FileList | null): NamedFile[] {
  return [...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }));
}
