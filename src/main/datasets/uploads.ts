/**
 * Files that a window sends because it may not read the machine's paths itself. They are kept until they are
 * imported or discarded.
 */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../shared/base/problem.ts';
import { hiddenPrefix, removeHidden } from './import/staging.ts';
import { storageProblem } from './storage.ts';

export class Uploads {
  readonly #folder: string;
  /** The folder or the single file that was sent under each ticket. */
  readonly #sent = new Map<string, { folder: string; names: Set<string> }>();

  readonly #owner: string;

  /** Creates the uploads; `folder` is where the lab `owner` keeps its sets. */
  constructor(folder: string, owner: string) {
    this.#folder = folder;
    this.#owner = owner;
  }

  async append(ticket: string, name: string, piece: Uint8Array): Promise<void> {
    const parts = name.split('/');
    if (parts.some((part) => part === '' || part === '..' || part === '.' || /[\\:\0]/.test(part))) {
      throw new Problem('dataset.upload-name', `a file that is sent cannot be called "${name}"`, { name });
    }
    let sent = this.#sent.get(ticket);
    if (!sent) {
      sent = {
        folder: join(
          this.#folder,
          `${hiddenPrefix('importing', this.#owner)}sent-${this.#sent.size}-${Date.now()}`,
        ),
        names: new Set(),
      };
      this.#sent.set(ticket, sent);
    }
    const path = join(sent.folder, ...parts);
    try {
      if (!sent.names.has(name)) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      sent.names.add(name);
      await appendFile(path, piece, { mode: 0o600 });
    } catch (error) {
      await this.forget(ticket);
      throw storageProblem(error, this.#folder);
    }
  }

  /** Returns the path of the files: of the folder, or of the file itself if there is only one. */
  pathOf(ticket: string): string {
    const sent = this.#sent.get(ticket);
    if (!sent)
      throw new Problem(
        'dataset.upload-gone',
        'the files that were sent are not there any more; choose them again',
      );
    const [only, other] = sent.names;
    return only !== undefined && other === undefined && !only.includes('/')
      ? join(sent.folder, only)
      : sent.folder;
  }

  /** Returns the name that the user chose: of a file, or of the folder that contains everything. */
  nameOf(ticket: string): string {
    const [first = '', ...others] = [...(this.#sent.get(ticket)?.names ?? [])].map(
      (name) => name.split('/')[0] as string,
    );
    return others.every((name) => name === first) ? first : `${first}, …`;
  }

  async forget(ticket: string): Promise<void> {
    const sent = this.#sent.get(ticket);
    this.#sent.delete(ticket);
    if (sent) await removeHidden(sent.folder);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sent.keys()].map((ticket) => this.forget(ticket)));
  }
}
