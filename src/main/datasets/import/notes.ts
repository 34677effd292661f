/** Messages of a set's writer: errors that end an import, and notes. */
import { Problem } from '../../../shared/base/problem.ts';
import { type ImportReport, largestImageSide } from '../../../shared/datasets/importing.ts';
import type { ImageForm } from '../formats/format.ts';

/** Classes are reported as unbalanced if one has this many times as many training images as another. */
const imbalance = 5;

export function requireSize({ height, width }: ImageForm): void {
  if (height <= largestImageSide && width <= largestImageSide) return;
  throw new Problem(
    'dataset.image-too-large',
    `images of ${width}×${height} pixels are too large: at most ${largestImageSide}×${largestImageSide} can be trained on`,
    { width, height, most: largestImageSide },
  );
}

export function nothingRead(onlyTest: boolean, skipped: number): Problem {
  if (onlyTest)
    return new Problem(
      'dataset.no-training',
      'there are test images, but none to train with; add the training files',
    );
  if (skipped > 0) {
    return new Problem('dataset.all-skipped', `none of the ${skipped} pictures could be read`, {
      count: skipped,
    });
  }
  return new Problem('dataset.no-images', 'there is no image in it');
}

export function tooFewToSplit(count: number): Problem {
  return new Problem(
    'dataset.too-few',
    `${count} images are too few for a training and a test set: at least one class needs two images`,
    { count },
  );
}

export function splitNote(fraction: number, seed: number): Problem {
  const percent = Math.round(100 * fraction);
  return new Problem(
    'dataset.note-split',
    `the source has no test set; ${percent} % of each class became one, drawn by seed ${seed}`,
    { percent, seed },
  );
}

export function renumberedNote(names: readonly string[]): Problem {
  const labels = names.length > 12 ? `${names.slice(0, 12).join(', ')}, …` : names.join(', ');
  return new Problem(
    'dataset.note-renumbered',
    `the labels ${labels} are not counted from 0 without gaps; their classes are numbered from 0 to ${names.length - 1} and keep them as names`,
    { labels, last: names.length - 1 },
  );
}

export function classNotes(names: readonly string[], counts: ImportReport['classCounts']): Problem[] {
  const notes: Problem[] = [];
  const without = (own: readonly number[]) => names.filter((_, i) => !own[i]).join(', ');
  const [noTraining, noTest] = [without(counts.train), without(counts.test)];
  if (noTraining !== '')
    notes.push(
      new Problem('dataset.note-no-training-images', `these classes have no training image: ${noTraining}`, {
        classes: noTraining,
      }),
    );
  if (noTest !== '')
    notes.push(
      new Problem('dataset.note-no-test-images', `these classes have no test image: ${noTest}`, {
        classes: noTest,
      }),
    );
  const present = counts.train.flatMap((count, i) => (count > 0 ? [{ name: names[i] ?? '', count }] : []));
  present.sort((a, b) => a.count - b.count);
  const [fewest, most] = [present[0], present.at(-1)];
  if (fewest && most && most.count >= imbalance * fewest.count) {
    notes.push(
      new Problem(
        'dataset.note-imbalance',
        `the classes are unbalanced: ${most.count} training images of "${most.name}", ${fewest.count} of "${fewest.name}"`,
        { most: most.count, mostName: most.name, fewest: fewest.count, fewestName: fewest.name },
      ),
    );
  }
  return notes;
}
