/** A stream that keeps what is written to it, as text. A terminal's, if the test says so. */
import { Writable } from 'node:stream';

export class Written extends Writable {
  text = '';
  isTTY = false;
  columns = 80;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}
