/**
 * A comparison as one self-contained HTML file for readers without Stride: it loads nothing from a network, needs no
 * script, follows the reader's light or dark theme, and can be printed. Its numbers are included as JSON
 * (`#stride-comparison`).
 */
import type { DatasetSummary } from '../../datasets/dataset.ts';
import type { RunDetail } from '../../runs/runs.ts';
import { escapeXml } from '../charts/svg.ts';
import { comparisonJson } from '../comparisonJson.ts';
import { costTable } from '../tables/costTable.ts';
import { healthTable, netsTable } from '../tables/layerTables.ts';
import { calibrationChart, costsChart, curveMeasures, curvesChart } from '../materialCharts.ts';
import {
  calibrationTable,
  classesTable,
  pairsTable,
  runsTable,
  settingsTextTable,
} from '../tables/materialTables.ts';
import type { Language } from '../../base/languages.ts';
import { labelsOf, noteSentence, seedSentence, verdictSentence } from '../sentences.ts';
import { confusionSection, disagreementsHtml } from './classesAndImages.ts';
import type { Material } from './collect.ts';
import { costSources } from './costSources.ts';
import { figure, section, tableHtml } from './parts.ts';
import { style } from './style.ts';
import { wordIn } from './words.ts';

export interface ReportOptions {
  readonly language: Language;
  readonly baseline: number | null;
  readonly datasets: readonly DatasetSummary[];
  /** The note as sanitised HTML; without it the note is shown as it was written. */
  readonly noteHtml?: string;
}

export function reportHtml(material: Material, options: ReportOptions): string {
  const { language } = options;
  const word = wordIn(language);
  const title = material.title || word('title');
  const sections = [
    verdictSection(material, options),
    section(word('settings'), settingsSection(material, language)),
    section(word('curves'), curvesSection(material, options)),
    netsSection(material, language),
    section(word('calibration'), calibrationSection(material, options)),
    section(word('classes'), tableHtml(classesTable(language, material.runs, material.classes))),
    confusionSection(material, language),
    material.pair ? section(word('disagreements'), disagreementsHtml(material, material.pair, language)) : '',
    section(word('cost'), costSection(material, options)),
    section(
      word('health'),
      tableHtml(
        healthTable(
          language,
          material.runs.map(({ detail }) => detail),
        ),
      ),
    ),
    section(word('origin'), originSection(material, language)),
  ];
  const json = JSON.stringify(comparisonJson(material.comparison, language)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeXml(title)}</h1>
<p class="muted">${escapeXml(`${word('made')} ${material.stride}, ${material.madeAt.slice(0, 16).replace('T', ' ')} UTC`)}</p>
${sections.join('\n')}
</main>
<script type="application/json" id="stride-comparison">${json}</script>
</body>
</html>
`;
}

/** Returns every sentence of the comparison: those over seeds, those of each pair, and the caveats. */
function sentencesOf({ comparison }: Pick<Material, 'comparison'>, language: Language): string[] {
  const labels = labelsOf(language, comparison.runs);
  const label = (run: number) => labels.get(run) ?? String(run);
  const ofPairs = comparison.pairs.map((pair) =>
    [
      verdictSentence(language, pair, { a: label(pair.pair[0]), b: label(pair.pair[1]) }),
      ...pair.notes.map((note) => noteSentence(language, note)),
    ].join(' '),
  );
  const ofSeeds = comparison.seeds.map((seeds) => seedSentence(language, seeds, comparison.runs));
  const alone = ofSeeds.length === 0 && comparison.pairs.some(({ result }) => result !== null);
  return [...ofSeeds, ...ofPairs, ...(alone ? [noteSentence(language, 'oneSeed')] : [])];
}

function verdictSection(material: Material, { language, baseline, noteHtml }: ReportOptions): string {
  const word = wordIn(language);
  const sentences = sentencesOf(material, language).map(
    (text, i) => `<p${i === 0 ? ' class="verdict"' : ''}>${escapeXml(text)}</p>`,
  );
  const note = noteHtml ?? (material.note ? `<pre>${escapeXml(material.note)}</pre>` : '');
  return (
    section(
      word('verdict'),
      sentences.join('') +
        tableHtml(runsTable(language, material.comparison, baseline)) +
        tableHtml(pairsTable(language, material.comparison)) +
        `<p class="muted">${escapeXml(word('method'))}</p>`,
    ) + section(word('notes'), note)
  );
}

function settingsSection({ runs }: Material, language: Language): string {
  const table = settingsTextTable(
    language,
    runs.map(({ detail }) => detail),
  );
  return tableHtml(table) || `<p>${escapeXml(wordIn(language)('noSettings'))}</p>`;
}

function look({ language, baseline }: ReportOptions, width = 640, height = 300) {
  return { language, baseline, width, height, lit: null };
}

function curvesSection({ runs }: Material, options: ReportOptions): string {
  const word = wordIn(options.language);
  const details = runs.map(({ detail }) => detail);
  const charts = curveMeasures.map((measure) => {
    const choice = { measure, axis: 'epoch', axisTitle: word('epoch'), grouped: true, target: null } as const;
    return figure(curvesChart(details, choice, look(options)), word(measure));
  });
  return `${legend(
    runs.map(({ detail }) => detail),
    options.language,
  )}<div class="charts">${charts.join('')}</div>`;
}

function legend(runs: readonly RunDetail[], language: Language): string {
  const labels = labelsOf(
    language,
    runs.map(({ id, name }) => ({ run: id, name })),
  );
  const entries = runs.map(
    ({ id }) =>
      `<li><svg width="18" height="10" aria-hidden="true"><rect width="18" height="4" y="3" fill="var(--run-${((id - 1) % 7) + 1})"/></svg> ${escapeXml(labels.get(id) ?? '')}</li>`,
  );
  return `<ul class="legend">${entries.join('')}</ul>`;
}

function netsSection({ pair, runs }: Material, language: Language): string {
  const [a, b] = pair
    ? pair.pair.pair.map((run) => runs.find(({ detail }) => detail.id === run)?.detail)
    : runs.map(({ detail }) => detail);
  if (!a || !b) return '';
  return section(wordIn(language)('nets'), tableHtml(netsTable(language, a.network, b.network)));
}

function calibrationSection(material: Material, options: ReportOptions): string {
  if (!material.runs.some(({ quality }) => quality)) return '';
  return (
    figure(
      calibrationChart(material.runs, look(options, 480, 420)),
      wordIn(options.language)('calibration'),
    ) + tableHtml(calibrationTable(options.language, material.runs, options.baseline))
  );
}

function costSection(material: Material, options: ReportOptions): string {
  const word = wordIn(options.language);
  const sources = costSources(material, options.datasets);
  const details = material.runs.map(({ detail }) => detail);
  const chart = material.runs.some(({ quality }) => quality)
    ? figure(costsChart(material.runs, 'multiplyAdds', sources, look(options)), word('front'))
    : '';
  return chart + tableHtml(costTable(options.language, details, sources, options.baseline));
}

function originSection({ runs, comparison }: Material, language: Language): string {
  const word = wordIn(language);
  const labels = labelsOf(language, comparison.runs);
  return tableHtml({
    name: 'origin',
    numbersFrom: 99,
    head: [word('run'), word('seed'), word('dataset'), word('checkpoint'), word('machine'), word('versions')],
    rows: runs.map(({ detail: { id, settings, dataset, datasetHash, machine, versions } }) => [
      labels.get(id) ?? String(id),
      String(settings.seed),
      `${dataset} ${datasetHash.slice(0, 16)}`,
      comparison.runs.find(({ run }) => run === id)?.checkpointHash?.slice(0, 16) ?? '–',
      `${machine.cpu}, ${machine.cores}`,
      `Stride ${versions.stride}, TensorFlow ${versions.tensorflow || '–'}`,
    ]),
  });
}
