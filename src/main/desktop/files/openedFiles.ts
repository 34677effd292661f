/**
 * Files that are opened from the system: named on the command line of this start or of a second one, dropped
 * on the program's icon, or chosen in the dialog. They wait until the window's page can take them.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { type BrowserWindow, dialog } from 'electron';
import { type OpenedFile, toOpen } from '../../../shared/api/bridge.ts';
import type { RecentFiles } from './recentFiles.ts';
import { RememberedFolder } from './rememberedFolder.ts';
import type { Texts } from '../texts.ts';

/** Extensions of a network's JSON, a PyTorch script and a notebook. */
const kinds = ['.json', '.py', '.ipynb'];
/** Largest size in bytes that the page accepts. */
const largest = 2 ** 20;

/**
 * Returns the arguments that name such files. Electron's own switches begin with a dash, and the program's
 * folder is not a file.
 */
export function filesAmong(args: readonly string[], folder: string): string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && kinds.includes(extname(arg).toLowerCase()))
    .map((arg) => resolve(folder, arg));
}

export interface OpenedFilesOptions {
  readonly home: string;
  readonly window: () => BrowserWindow | undefined;
  readonly texts: () => Texts;
  readonly recent: RecentFiles;
}

export class OpenedFiles {
  readonly #options: OpenedFilesOptions;
  readonly #folder: RememberedFolder;
  #waiting: OpenedFile[] = [];
  #ready = false;

  constructor(options: OpenedFilesOptions) {
    this.#options = options;
    this.#folder = new RememberedFolder(options.home, 'open');
  }

  open(paths: readonly string[]): void {
    const { texts, recent } = this.#options;
    for (const path of paths) {
      try {
        if (statSync(path).size > largest) throw new Error(texts().tooLarge);
        this.#waiting.push({ name: basename(path), text: readFileSync(path, 'utf8') });
        recent.add(path);
      } catch (error) {
        if (!existsSync(path)) recent.remove(path);
        this.#refuse(texts().notOpened(path, error instanceof Error ? error.message : String(error)));
      }
    }
    this.#give();
  }

  async choose(): Promise<void> {
    const { window: shown, texts } = this.#options;
    const window = shown();
    const options = {
      defaultPath: this.#folder.read(),
      filters: [{ name: texts().openable, extensions: kinds.map((kind) => kind.slice(1)) }],
      properties: ['openFile' as const],
    };
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    const [path] = filePaths;
    if (path === undefined) return;
    this.#folder.write(dirname(path));
    this.open([path]);
  }

  /** Tells whether the page can take files from now on. */
  setReady(ready: boolean): void {
    this.#ready = ready;
    this.#give();
  }

  #give(): void {
    if (!this.#ready) return;
    for (const file of this.#waiting) this.#options.window()?.webContents.send(toOpen, file);
    this.#waiting = [];
  }

  /**
   * Reports a problem in a message box that does not block: an error box would block the thread that serves
   * the runs.
   */
  #refuse(message: string): void {
    const window = this.#options.window();
    const options = { type: 'warning' as const, message };
    void (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  }
}
