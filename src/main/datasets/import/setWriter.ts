/** Writes a new set into a folder, one image after another, and collects notes about it. */
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../../shared/base/problem.ts';
import type { ImportOptions, ImportProgress, ImportReport } from '../../../shared/datasets/importing.ts';
import type { ImageForm, ImageSink, Part, Recognised } from '../formats/format.ts';
import { eachChunk } from '../pixelStatistics.ts';
import { Digests } from './digests.ts';
import { Ground } from './ground.ts';
import { LabelBook } from './labels.ts';
import { classNotes, nothingRead, renumberedNote, requireSize, splitNote, tooFewToSplit } from './notes.ts';
import { PartFiles, imageHeader, idxHeader, imagesName, labelsName } from './partFiles.ts';
import { type DatasetPreparation, preparation } from './prepare.ts';
import { drawTestImages } from './testSplit.ts';

export interface WriterOptions {
  readonly folder: string;
  readonly recognised: Recognised;
  readonly options: ImportOptions;
  readonly transpose: boolean;
  readonly signal: AbortSignal;
  readonly progress: (progress: ImportProgress) => void;
}

export interface WrittenSet {
  readonly form: ImageForm;
  readonly classes: readonly string[];
  readonly counts: Readonly<Record<Part, number>>;
  readonly report: Omit<ImportReport, 'ignored' | 'notes'>;
  readonly notes: readonly Problem[];
}

const mostNamed = 20;
const parts = ['train', 'test'] as const;
const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

export class SetWriter implements ImageSink {
  readonly #of: WriterOptions;
  readonly #preparation: DatasetPreparation;
  readonly #labels: LabelBook;
  readonly #digests = new Digests();
  readonly #ground: Ground;
  readonly #sizes = new Map<string, number>();
  readonly #constant = { train: 0, test: 0 };
  readonly #skipped: Problem[] = [];
  readonly #files = new Map<Part, PartFiles>();
  #skippedCount = 0;
  #done = 0;

  constructor(of: WriterOptions) {
    this.#of = of;
    const { recognised, options, transpose } = of;
    this.#preparation = preparation(recognised.form, { ...options, transpose });
    this.#ground = new Ground(this.#preparation.form);
    this.#labels = new LabelBook(recognised.classes);
    requireSize(this.#preparation.form);
  }

  async add(part: Part, raw: Uint8Array, label: number | string, origin: string): Promise<void> {
    const { folder, signal, progress, recognised } = this.#of;
    signal.throwIfAborted();
    const number = this.#labels.note(label, origin);
    const pixels = this.#preparation.prepare(raw);
    let files = this.#files.get(part);
    if (!files) {
      files = await PartFiles.create(folder, part, this.#preparation.form);
      this.#files.set(part, files);
    }
    this.#digests.add(pixels);
    this.#ground.add(pixels);
    this.#digests.mark(this.#done, part, number);
    if (pixels.every((pixel) => pixel === pixels[0])) this.#constant[part] += 1;
    await files.add(pixels, number);
    this.#done += 1;
    const { train, test } = recognised.counts;
    if (this.#done % 64 === 0) progress({ phase: 'reading', done: this.#done, total: train + test });
  }

  size(width: number, height: number): void {
    const key = `${width}×${height}`;
    this.#sizes.set(key, (this.#sizes.get(key) ?? 0) + 1);
  }

  skip(problem: Problem): void {
    this.#skippedCount += 1;
    if (this.#skipped.length < mostNamed) this.#skipped.push(problem);
  }

  /** Completes the four files and returns the set's data. */
  async finish(): Promise<WrittenSet> {
    const train = this.#files.get('train');
    if (!train) throw nothingRead(this.#files.has('test'), this.#skippedCount);
    for (const files of this.#files.values()) await files.finish();
    await this.close();
    const classes = this.#labels.classes();
    const notes: Problem[] = [];
    if (classes.renumbered) notes.push(renumberedNote(classes.names));
    for (const part of this.#files.keys()) await this.#renumber(part, classes.order);
    if (!this.#files.has('test')) {
      await this.#split();
      const { testFraction, seed } = this.#of.options;
      notes.push(splitNote(testFraction, seed));
    }
    const classCounts = await this.#classCounts(classes.names.length);
    return {
      form: this.#preparation.form,
      classes: classes.names,
      counts: { train: sum(classCounts.train), test: sum(classCounts.test) },
      report: {
        classCounts,
        ...this.#digests.report(),
        constant: { ...this.#constant },
        sizes: [...this.#sizes]
          .map(([key, count]) => {
            const [width = 0, height = 0] = key.split('×').map(Number);
            return { width, height, count };
          })
          .sort((a, b) => b.count - a.count)
          .slice(0, mostNamed),
        skipped: { count: this.#skippedCount, first: this.#skipped.map((each) => each.toRecord()) },
      },
      notes: [...notes, ...this.#ground.notes(), ...classNotes(classes.names, classCounts)],
    };
  }

  /** Closes the files; the caller removes the folder. */
  async close(): Promise<void> {
    for (const files of this.#files.values()) await files.close();
  }

  async #renumber(part: Part, order: Uint8Array): Promise<void> {
    const path = join(this.#of.folder, labelsName(part));
    const bytes = await readFile(path);
    for (let i = idxHeader([0]).length; i < bytes.length; i += 1)
      bytes[i] = order[bytes[i] as number] as number;
    await writeFile(path, bytes, { mode: 0o600 });
  }

  /** Splits the training images into a training and a test set, both in their original order. */
  async #split(): Promise<void> {
    const { folder, options, signal, progress } = this.#of;
    const { form } = this.#preparation;
    const header = imageHeader(0, form).length;
    const path = join(folder, 'undivided-images');
    const labels = (await readFile(join(folder, labelsName('train')))).subarray(idxHeader([0]).length);
    const test = drawTestImages(labels, options.testFraction, options.seed);
    if (!test.includes(1)) throw tooFewToSplit(labels.length);
    await rm(join(folder, labelsName('train')));
    await rename(join(folder, imagesName('train')), path);
    const targets = {
      train: await PartFiles.create(folder, 'train', form),
      test: await PartFiles.create(folder, 'test', form),
    };
    this.#files.set('train', targets.train).set('test', targets.test);
    const each = form.height * form.width * form.channels;
    const file = await open(path);
    try {
      const pixels = Buffer.alloc(each);
      for (const [index, label] of labels.entries()) {
        signal.throwIfAborted();
        await file.read(pixels, 0, each, header + index * each);
        const part = test[index] ? 'test' : 'train';
        await targets[part].add(pixels, label);
        this.#digests.mark(index, part, label);
        if (part === 'test' && pixels.every((pixel) => pixel === pixels[0])) {
          this.#constant.test += 1;
          this.#constant.train -= 1;
        }
        if (index % 256 === 0) progress({ phase: 'writing', done: index, total: labels.length });
      }
      for (const target of Object.values(targets)) await target.finish();
    } finally {
      await file.close();
      for (const target of Object.values(targets)) await target.close();
    }
    await rm(path);
  }

  async #classCounts(classes: number): Promise<ImportReport['classCounts']> {
    const result = { train: new Array<number>(classes).fill(0), test: new Array<number>(classes).fill(0) };
    let index = 0;
    for (const part of parts) {
      const path = join(this.#of.folder, labelsName(part));
      const count = this.#files.get(part)?.count ?? 0;
      await eachChunk({ path, offset: idxHeader([0]).length, count }, 1, (labels) => {
        for (const label of labels) result[part][label] = (result[part][label] ?? 0) + 1;
      });
      index += count;
    }
    if (index !== this.#done) throw new Error(`${this.#done} images were read, but ${index} are there`);
    return result;
  }
}
