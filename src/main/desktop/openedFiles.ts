/**
 * Files that are opened from the system: named on the command line of this start or of a second one, dropped on the program's icon, or chosen
 * in the dialog. They wait until the window's page can take them.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type BrowserWindow, app, dialog } from 'electron';
import { type OpenedFile, toOpen } from '../../shared/api/bridge.ts';
import type { Texts } from './texts.ts';

/** A network's JSON, a PyTorch script, a notebook. */
const kinds = ['.json', '.py', '.ipynb'];
/** As the page takes it at most, in bytes. */
const largest = 2 ** 20;

/** Of a command line's words those that name such files. Electron's own switches begin with a dash; the program's folder is none. */
export function filesAmong(args: readonly string[], folder: string): string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && kinds.includes(extname(arg).toLowerCase()))
    .map((arg) => resolve(folder, arg));
}

export class OpenedFiles {
  readonly #window: () => BrowserWindow | undefined;
  readonly #texts: () => Texts;
  readonly #folderFile: string;
  #waiting: OpenedFile[] = [];
  #ready = false;

  constructor(home: string, window: () => BrowserWindow | undefined, texts: () => Texts) {
    this.#folderFile = join(home, 'desktop', 'open-folder');
    this.#window = window;
    this.#texts = texts;
  }

  open(paths: readonly string[]): void {
    for (const path of paths) {
      try {
        if (statSync(path).size > largest) throw new Error(this.#texts().tooLarge);
        this.#waiting.push({ name: basename(path), text: readFileSync(path, 'utf8') });
        app.addRecentDocument(path);
      } catch (error) {
        dialog.showErrorBox(
          'Stride',
          this.#texts().notOpened(path, error instanceof Error ? error.message : String(error)),
        );
      }
    }
    this.#give();
  }

  async choose(): Promise<void> {
    const window = this.#window();
    const options = {
      defaultPath: this.#lastFolder(),
      filters: [{ name: this.#texts().openable, extensions: kinds.map((kind) => kind.slice(1)) }],
      properties: ['openFile' as const],
    };
    const { filePaths } = await (window
      ? dialog.showOpenDialog(window, options)
      : dialog.showOpenDialog(options));
    const [path] = filePaths;
    if (path === undefined) return;
    try {
      writeFileSync(this.#folderFile, dirname(path));
    } catch (error) {
      console.warn('the folder of the opened file could not be kept:', error);
    }
    this.open([path]);
  }

  /** The page can take files from now on, or not any more. */
  setReady(ready: boolean): void {
    this.#ready = ready;
    this.#give();
  }

  #give(): void {
    if (!this.#ready) return;
    for (const file of this.#waiting) this.#window()?.webContents.send(toOpen, file);
    this.#waiting = [];
  }

  #lastFolder(): string {
    try {
      return readFileSync(this.#folderFile, 'utf8');
    } catch {
      return app.getPath('documents');
    }
  }
}
