/** The folder that was chosen the last time, kept in STRIDE_HOME under a name for what it was chosen for; at first the person's documents. */
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

  /** It is a convenience: where it cannot be kept, the next dialog begins elsewhere. */
  write(folder: string): void {
    try {
      writeFileSync(this.#file, folder);
    } catch (error) {
      console.warn('the folder that was chosen could not be kept:', error);
    }
  }
}
