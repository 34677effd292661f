/** Previews an import: some images as they would be stored, of which nothing is kept. */
import { resolve } from 'node:path';
import type { ImportPreview } from '../../../shared/api/calls/datasets.ts';
import { type Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { ImageSink, ReadContext } from '../formats/format.ts';
import { openSource } from '../source/openSource.ts';
import { type ImportContext, type ImportOrder, isTransposed, recognise } from './importDataset.ts';
import { Ground } from './ground.ts';
import { preparation } from './prepare.ts';

/** Number of images shown; only some per class if others are among the first ones. */
const mostShown = 24;
const mostOfClass = 4;
const mostRead = 2000;

class Enough extends Error {}

export async function previewImport(
  { staging: scratch, path, options }: ImportOrder,
  { signal, progress }: ImportContext,
): Promise<ImportPreview> {
  const source = await openSource(resolve(path), { scratch, signal, progress });
  try {
    const notes: Problem[] = [];
    const note = (problem: Problem) => void notes.push(problem);
    const context: ReadContext = { source, options, scratch, signal, progress, note, preview: mostShown };
    const recognised = await recognise(context);
    const transpose = isTransposed(recognised, context, note);
    const prepared = preparation(recognised.form, { ...options, transpose });
    const shown: Uint8Array[] = [];
    const images: { origin: string; label: string; width: number; height: number }[] = [];
    const ofClass = new Map<string, number>();
    let size = { width: recognised.form.width, height: recognised.form.height };
    let read = 0;
    const sink: ImageSink = {
      add: async (_, pixels, label, origin) => {
        read += 1;
        const name = typeof label === 'number' ? (recognised.classes?.[label] ?? String(label)) : label;
        const before = ofClass.get(name) ?? 0;
        if (before < mostOfClass) {
          ofClass.set(name, before + 1);
          shown.push(prepared.prepare(pixels).slice());
          images.push({ origin, label: name, ...size });
        }
        if (shown.length === mostShown || read === mostRead) throw new Enough();
      },
      skip: note,
      size: (width, height) => {
        size = { width, height };
      },
    };
    try {
      await recognised.read(sink);
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
    }
    const { form } = prepared;
    const ground = new Ground(form);
    for (const image of shown) ground.add(image);
    const pixels = new Uint8Array(shown.length * form.height * form.width * form.channels);
    shown.forEach((each, i) => {
      pixels.set(each, i * each.length);
    });
    const { train, test } = recognised.counts;
    return {
      format: recognised.format,
      ...form,
      train,
      test,
      pixels,
      images,
      notes: [...notes, ...ground.notes()].map(toProblemRecord),
    };
  } finally {
    await source.close();
  }
}
