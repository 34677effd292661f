/**
 * The most recently chosen folder, kept in STRIDE_HOME under a name for its purpose; the user's documents at
 * first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from 'electron';

export class RememberedFolder {
  readonly #file: string;

  constructor(home: string, name: 'open' | 'save' | 'export') {
    this.#file = join(home, 'desktop', `${name}-folder`);
  }

  read(): string {
    try {
      return readFileSync(this.#file, 'utf8');
    } catch {
      return app.getPath('documents');
    }
  }

  /** Stores the folder. If that fails, the next dialog starts elsewhere, because it is only a convenience. */
  write(folder: string): void {
    try {
      writeFileSync(this.#file, folder);
    } catch (error) {
      console.warn('the folder that was chosen could not be kept:', error);
    }
  }
}
