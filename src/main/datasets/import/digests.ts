/** Finds equal images by 96 bits of a hash of each, 16 bytes per image with its label. */
import { hash } from 'node:crypto';
import type { ImportReport } from '../../../shared/datasets/importing.ts';
import type { Part } from '../formats/format.ts';

const words = 3;
const testBit = 0x100;

/** Growing arrays of all images' hashes, labels and parts. */
export class Digests {
  #hashes = new Uint32Array(words * 1024);
  /** Label and part of each image. */
  #marks = new Uint16Array(1024);
  #count = 0;

  add(pixels: Uint8Array): void {
    if (this.#count === this.#marks.length) this.#grow();
    const digest = hash('sha1', pixels, 'buffer');
    for (let word = 0; word < words; word += 1)
      this.#hashes[this.#count * words + word] = digest.readUInt32LE(4 * word);
    this.#count += 1;
  }

  mark(index: number, part: Part, label: number): void {
    this.#marks[index] = label | (part === 'test' ? testBit : 0);
  }

  #grow(): void {
    const hashes = new Uint32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    const marks = new Uint16Array(this.#marks.length * 2);
    marks.set(this.#marks);
    [this.#hashes, this.#marks] = [hashes, marks];
  }

  /**
   * Counts duplicates: of `n` equal images in a part, n − 1 are duplicates; a test image that equals a
   * training image is `across`.
   */
  report(): Pick<ImportReport, 'duplicates' | 'contradictory'> {
    const duplicates = { train: 0, test: 0, across: 0 };
    let contradictory = 0;
    const order = this.#sorted();
    for (let from = 0; from < order.length;) {
      let to = from + 1;
      while (to < order.length && this.#compare(order[from] as number, order[to] as number) === 0) to += 1;
      if (to - from > 1) {
        const marks = Array.from(order.subarray(from, to), (index) => this.#marks[index] as number);
        const test = marks.filter((mark) => mark & testBit).length;
        const train = marks.length - test;
        duplicates.train += Math.max(0, train - 1);
        duplicates.test += Math.max(0, test - 1);
        if (train > 0) duplicates.across += test;
        if (new Set(marks.map((mark) => mark & 0xff)).size > 1) contradictory += marks.length;
      }
      from = to;
    }
    return { duplicates, contradictory };
  }

  #sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.#count }, (_, i) => i);
    return order.sort((a, b) => this.#compare(a, b));
  }

  #compare(a: number, b: number): number {
    for (let word = 0; word < words; word += 1) {
      const difference =
        (this.#hashes[a * words + word] as number) - (this.#hashes[b * words + word] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
