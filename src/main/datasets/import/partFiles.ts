/**
 * The two files of a part, images and labels, while they grow: IDX whose item count is written at the end.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageForm, Part } from '../formats/format.ts';

const bufferBytes = 1 << 20;

/**
 * Returns a header with three dimensions for grey images, as in MNIST, or a fourth for the channels of colour
 * images.
 */
export function imageHeader(count: number, { height, width, channels }: ImageForm): Buffer {
  return idxHeader(channels === 1 ? [count, height, width] : [count, height, width, channels]);
}

export function idxHeader(dimensions: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header[2] = 0x08;
  header[3] = dimensions.length;
  dimensions.forEach((length, axis) => header.writeUInt32BE(length, 4 + 4 * axis));
  return header;
}

export const imagesName = (part: Part | 'all') => `${part}-images-idx-ubyte`;
export const labelsName = (part: Part | 'all') => `${part}-labels-idx-ubyte`;

/** Buffers bytes and writes them in large pieces. */
class GrowingFile {
  readonly #file: FileHandle;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #used = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<GrowingFile> {
    return new GrowingFile(await open(path, 'wx', 0o600));
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#used + bytes.length > bufferBytes) await this.#flush();
    if (bytes.length > bufferBytes) {
      await this.#file.writeFile(bytes);
    } else {
      this.#buffer.set(bytes, this.#used);
      this.#used += bytes.length;
    }
  }

  async #flush(): Promise<void> {
    if (this.#used > 0) await this.#file.writeFile(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  async finish(header: Buffer): Promise<void> {
    await this.#flush();
    await this.#file.write(header, 0, header.length, 0);
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

export class PartFiles {
  readonly #images: GrowingFile;
  readonly #labels: GrowingFile;
  readonly #form: ImageForm;
  readonly #label = new Uint8Array(1);
  count = 0;

  private constructor(images: GrowingFile, labels: GrowingFile, form: ImageForm) {
    this.#images = images;
    this.#labels = labels;
    this.#form = form;
  }

  static async create(folder: string, part: Part | 'all', form: ImageForm): Promise<PartFiles> {
    const images = await GrowingFile.create(join(folder, imagesName(part)));
    const labels = await GrowingFile.create(join(folder, labelsName(part)));
    // The headers are placeholders until the counts are known.
    await images.append(imageHeader(0, form));
    await labels.append(idxHeader([0]));
    return new PartFiles(images, labels, form);
  }

  async add(pixels: Uint8Array, label: number): Promise<void> {
    this.#label[0] = label;
    await this.#images.append(pixels);
    await this.#labels.append(this.#label);
    this.count += 1;
  }

  async finish(): Promise<void> {
    await this.#images.finish(imageHeader(this.count, this.#form));
    await this.#labels.finish(idxHeader([this.count]));
  }

  async close(): Promise<void> {
    await this.#images.close();
    await this.#labels.close();
  }
}
