/** Two nets aligned layer by layer: their differences, and the health of their layers. */
import type { FieldName } from '../../layers/fields.ts';
import { describeShape } from '../../layers/layer.ts';
import { type AlignedLayer, alignNetworks } from '../../network/alignNetworks.ts';
import type { Network } from '../../network/network.ts';
import type { LayerSummary } from '../../network/shapes.ts';
import type { RunDetail } from '../../runs/runs.ts';
import { none, short } from '../figures.ts';
import { percent, whole } from '../numbers.ts';
import { wordIn } from '../report/words.ts';
import type { Language } from '../../base/languages.ts';
import { labelsOf, netName } from '../sentences.ts';
import type { TextTable } from './tables.ts';

/** Names of layers and their fields; by default those of the program's own files. */
export interface NetWords {
  readonly layer: (layer: { readonly type: string }) => string;
  readonly field: (name: FieldName) => string;
}

const plainNetWords: NetWords = { layer: ({ type }) => type, field: (name) => name };

/**
 * Returns two nets aligned: kind and difference, then output, parameters, multiply-adds and receptive field of both.
 */
export function netsTable(
  language: Language,
  a: Network,
  b: Network,
  say: NetWords = plainNetWords,
): TextTable {
  const word = wordIn(language);
  const kinds = { same: 'same', changed: 'changed', onlyA: 'onlyLeft', onlyB: 'onlyRight' } as const;
  const difference = ({ kind, fields, inner }: AlignedLayer) => {
    const changes = fields.map(
      ({ field, a: was, b: is }) => `${say.field(field)} ${String(was)} → ${String(is)}`,
    );
    const details = [...changes, ...(inner ? ['layers'] : [])].join(', ');
    return details ? `${word(kinds[kind])}: ${details}` : word(kinds[kind]);
  };
  const both = (row: AlignedLayer, text: (layer: LayerSummary) => string) =>
    [row.a, row.b].map((layer) => (layer ? text(layer) : none)).join(' | ');
  return {
    name: 'nets',
    numbersFrom: 3,
    head: [
      `1: ${netName(language, a.name)}`,
      `2: ${netName(language, b.name)}`,
      ...(['change', 'output', 'parameters', 'multiplyAdds', 'receptiveField'] as const).map((each) =>
        word(each),
      ),
    ],
    rows: alignNetworks(a, b).map((row) => [
      row.a ? say.layer(row.a.layer) : none,
      row.b ? say.layer(row.b.layer) : none,
      difference(row),
      both(row, ({ output }) => describeShape(output)),
      both(row, ({ parameterCount }) => whole(parameterCount)),
      both(row, ({ multiplyAdds }) => whole(multiplyAdds)),
      both(row, ({ receptiveField }) => receptiveField.join('×')),
    ]),
  };
}

/** Returns each run's layers at its last epoch. */
export function healthTable(
  language: Language,
  runs: readonly RunDetail[],
  say: NetWords = plainNetWords,
): TextTable {
  const word = wordIn(language);
  const labels = labelsOf(
    language,
    runs.map(({ id, name }) => ({ run: id, name })),
  );
  const share = (value: number | null) => (value === null ? none : percent(value, 100));
  return {
    name: 'health',
    numbersFrom: 2,
    head: [word('run'), word('layer'), word('gradientNorm'), word('dead'), word('saturated')],
    rows: runs.flatMap((run) =>
      (run.epochs.at(-1)?.details?.layers ?? [])
        .filter(({ gradientNorm, dead, saturated }) =>
          [gradientNorm, dead, saturated].some((each) => each !== null),
        )
        .map(({ index, type, gradientNorm, dead, saturated }) => [
          labels.get(run.id) ?? String(run.id),
          `${index + 1} ${say.layer({ type })}`,
          short(gradientNorm),
          share(dead),
          share(saturated),
        ]),
    ),
  };
}

/**
 * Returns two runs' layers at their last epochs, aligned as the nets are: gradient norm, dead units and saturation of
 * both.
 */
export function healthBesideTable(
  language: Language,
  a: RunDetail,
  b: RunDetail,
  say: NetWords = plainNetWords,
): TextTable {
  const word = wordIn(language);
  const healthOf = (run: RunDetail, layer: LayerSummary | null) =>
    layer ? run.epochs.at(-1)?.details?.layers.find(({ index }) => index === layer.index) : undefined;
  const share = (value: number | null | undefined) =>
    value === null || value === undefined ? none : percent(value, 100);
  const names = labelsOf(language, [
    { run: a.id, name: a.name },
    { run: b.id, name: b.name },
  ]);
  const measures = ['gradientNorm', 'dead', 'saturated'] as const;
  return {
    name: 'health',
    numbersFrom: 2,
    head: [
      names.get(a.id) ?? '',
      names.get(b.id) ?? '',
      ...measures.flatMap((measure) => [`1: ${word(measure)}`, `2: ${word(measure)}`]),
    ],
    rows: alignNetworks(a.network, b.network).flatMap((row) => {
      const [ofA, ofB] = [healthOf(a, row.a), healthOf(b, row.b)];
      const figures = [
        ...[short(ofA?.gradientNorm), short(ofB?.gradientNorm)],
        ...[share(ofA?.dead), share(ofB?.dead), share(ofA?.saturated), share(ofB?.saturated)],
      ];
      if (figures.every((figure) => figure === none)) return [];
      const name = (layer: LayerSummary | null) =>
        layer ? `${layer.position + 1} ${say.layer(layer.layer)}` : none;
      return [[name(row.a), name(row.b), ...figures]];
    }),
  };
}
