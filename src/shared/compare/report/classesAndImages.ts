/** Confusion matrices, and the images on which two nets differ, in a report. */
import { escapeXml } from '../charts/svg.ts';
import { disagreementKinds } from '../disagreements.ts';
import { percent } from '../numbers.ts';
import type { Language } from '../../base/languages.ts';
import { labelsOf } from '../sentences.ts';
import { type Material, type MaterialPair, reportedImages } from './collect.ts';
import { section } from './parts.ts';
import { pngAddress } from './png.ts';
import { wordIn } from './words.ts';

export function confusionSection({ runs, classes, pair }: Material, language: Language): string {
  const word = wordIn(language);
  const labels = labelsOf(
    language,
    runs.map(({ detail: { id, name } }) => ({ run: id, name })),
  );
  const matrices = runs.flatMap(({ detail, quality }) =>
    quality ? [matrixHtml(labels.get(detail.id) ?? '', classes, quality.confusion, null)] : [],
  );
  const [a, b] = (pair?.pair.pair ?? []).map(
    (run) => runs.find(({ detail }) => detail.id === run)?.quality?.confusion,
  );
  const difference =
    a && b
      ? matrixHtml(
          word('confusionDifference'),
          classes,
          b.map((count, i) => count - (a[i] ?? 0)),
          (value, diagonal) => (diagonal ? value > 0 : value < 0),
        ) + `<p class="muted">${escapeXml(word('differenceHint'))}</p>`
      : '';
  if (matrices.length === 0) return '';
  return section(
    word('confusion'),
    `<p class="muted">${escapeXml(word('rowsAre'))}</p><div class="charts">${matrices.join('')}${difference}</div>`,
  );
}

function matrixHtml(
  title: string,
  classes: readonly string[],
  cells: readonly number[],
  better: ((value: number, diagonal: boolean) => boolean) | null,
): string {
  const size = classes.length;
  const text = (value: number) => (better && value > 0 ? `+${value}` : String(value).replace('-', '−'));
  const row = (name: string, label: number) => {
    const counts = classes.map((_, prediction) => {
      const value = cells[label * size + prediction] ?? 0;
      const strong = better ? better(value, label === prediction) : label === prediction;
      return `<td class="number${value === 0 ? ' zero' : ''}">${strong ? `<strong>${text(value)}</strong>` : text(value)}</td>`;
    });
    return `<tr><th scope="row">${escapeXml(name)}</th>${counts.join('')}</tr>`;
  };
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${escapeXml(title)}"><table class="matrix"><caption>${escapeXml(title)}</caption><thead><tr><td></td>` +
    classes.map((name) => `<th scope="col" class="number">${escapeXml(name)}</th>`).join('') +
    `</tr></thead><tbody>${classes.map(row).join('')}</tbody></table></div>`
  );
}

export function disagreementsHtml(
  { classes, comparison }: Material,
  pair: MaterialPair,
  language: Language,
): string {
  const word = wordIn(language);
  const labels = labelsOf(language, comparison.runs);
  const [a, b] = pair.pair.pair.map((run) => labels.get(run) ?? String(run)) as [string, string];
  return disagreementKinds
    .map((kind) => {
      const indices = pair.disagreements[kind];
      if (indices.length === 0) return '';
      const title =
        kind === 'onlyA'
          ? `${word('onlyA')} (${a})`
          : kind === 'onlyB'
            ? `${word('onlyB')} (${b})`
            : word(kind);
      const images = indices
        .slice(0, reportedImages)
        .map((index) => imageHtml(index, pair, classes, [a, b], language));
      return `<h3>${escapeXml(`${title}: ${indices.length}`)}</h3><ul class="images">${images.join('')}</ul>`;
    })
    .join('');
}

function imageHtml(
  index: number,
  { predictions: [a, b], images }: MaterialPair,
  classes: readonly string[],
  [nameA, nameB]: readonly [string, string],
  language: Language,
): string {
  const found = images.get(index);
  if (!found) return '';
  const { height, width, channels, pixels } = found.image;
  const size = height * width * channels;
  const own = pixels.subarray(found.position * size, (found.position + 1) * size);
  const given = (of: typeof a) => {
    const prediction = of.predictions[index] ?? 0;
    return {
      by: classes[prediction] ?? '',
      share: percent(of.probabilities[index * of.classes + prediction] ?? 0, 1),
    };
  };
  const [byA, byB] = [given(a), given(b)];
  const text = wordIn(language)('imageText', {
    index,
    label: classes[a.labels[index] ?? 0] ?? '',
    a: nameA,
    byA: byA.by,
    shareA: byA.share,
    b: nameB,
    byB: byB.by,
    shareB: byB.share,
  });
  return `<li><img src="${pngAddress(own, width, height, channels)}" width="56" height="56" alt="${escapeXml(text)}"><span aria-hidden="true">${escapeXml(`${classes[a.labels[index] ?? 0] ?? ''}: ${byA.by} ${byA.share} | ${byB.by} ${byB.share}`)}</span></li>`;
}
