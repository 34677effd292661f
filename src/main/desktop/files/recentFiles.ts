/**
 * The most recently opened files, newest first, for the menu. Windows' jump list and macOS's dock menu have
 * lists of their own, which Electron fills; Linux has none that a program could show.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';
import { z } from 'zod';

const most = 10;
const fileSchema = z.array(z.string()).max(most);

export class RecentFiles {
  readonly #file: string;
  readonly #onChange: () => void;
  #paths: readonly string[];

  constructor(home: string, onChange: () => void) {
    this.#file = join(home, 'desktop', 'recent-files.json');
    this.#onChange = onChange;
    this.#paths = read(this.#file);
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  add(path: string): void {
    app.addRecentDocument(path);
    this.#keep([path, ...this.#paths.filter((each) => each !== path)].slice(0, most));
  }

  /** Removes a file that no longer exists. */
  remove(path: string): void {
    if (this.#paths.includes(path)) this.#keep(this.#paths.filter((each) => each !== path));
  }

  clear(): void {
    app.clearRecentDocuments();
    this.#keep([]);
  }

  #keep(paths: readonly string[]): void {
    this.#paths = paths;
    this.#onChange();
    try {
      writeFileSync(this.#file, JSON.stringify(paths));
    } catch (error) {
      console.warn('the list of opened files could not be kept:', error);
    }
  }
}

/** Reads the list; one that is missing or damaged counts as empty, because it is only a convenience. */
function read(file: string): readonly string[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}
