/** `stride compare`: compares runs on the same test images, with the window's figures and texts. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Argument, InvalidArgumentError, Option } from 'commander';
import type { LabClient } from '../../../shared/api/api.ts';
import type { ComparedPair, Comparison } from '../../../shared/compare/comparison.ts';
import { mostCompared } from '../../../shared/compare/comparison.ts';
import { comparisonJson } from '../../../shared/compare/comparisonJson.ts';
import { pText, percent, points } from '../../../shared/compare/numbers.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { type ReportRequest, collectMaterial } from '../../../shared/compare/report/collect.ts';
import { reportHtml } from '../../../shared/compare/report/html.ts';
import { type Language, languages } from '../../../shared/base/languages.ts';
import { labelsOf, noteSentence, seedSentence, verdictSentence } from '../../../shared/compare/sentences.ts';
import { differenceOf, totalOf } from '../../../shared/statistics/pairedCounts.ts';
import type { Lab } from '../../lab/lab.ts';
import { count, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { parseRunId } from '../reports/numbers.ts';
import { currentLanguage, inLanguage, say } from '../../host/language.ts';

export interface CompareOptions {
  readonly json?: boolean;
  readonly best?: boolean;
  /** Path of the report to write. */
  readonly report?: string;
  readonly language?: Language;
}

export interface CompareHost {
  readonly io: Io;
  readonly withLab: <T>(work: (lab: Lab) => Promise<T>) => Promise<T>;
}

export function addCompareCommand(program: Command, { io, withLab }: CompareHost): void {
  program
    .command('compare')
    .description(
      'say which of two to twenty runs is better on the same test images, and whether by more than chance',
    )
    .addArgument(new Argument('<run...>', 'their numbers in "stride runs"').argParser(collectRuns))
    .option('--best', 'compare the checkpoints of the best epochs instead of the newest ones')
    .option('--report <file>', 'write a self-contained HTML report to this file')
    .addOption(
      new Option('--language <language>', "the report's language; the shell's if it is not given").choices(
        languages,
      ),
    )
    .addOption(new Option('--json', 'print {"runs","pairs","holm","seeds"} as JSON'))
    .addHelpText(
      'after',
      `\n${say(
        "The test is McNemar's exact test, corrected by Holm's method if there are more than two runs; the 95% interval" +
          ' is Newcombe’s (1998, method 10). Differences are the first run minus the second.',
      )}`,
    )
    .action(async (runs: number[], options: CompareOptions, command: Command) => {
      if (runs.length < 2)
        command.error(`error: ${say('at least two runs are needed, as in "stride compare 1 2"')}`);
      await withLab((lab) => compareRuns(io, lab, runs, options));
    });
}

function collectRuns(text: string, before: number[] | undefined): number[] {
  const run = parseRunId(text);
  if (before?.includes(run)) throw new InvalidArgumentError(say('Run {run} is named twice.', { run }));
  if (before && before.length >= mostCompared)
    throw new InvalidArgumentError(say('At most {count} runs can be compared.', { count: mostCompared }));
  return [...(before ?? []), run];
}

export async function compareRuns(
  io: Io,
  lab: LabClient,
  runs: readonly number[],
  { json, best, report, language = currentLanguage() }: CompareOptions,
): Promise<void> {
  const checkpoint = best ? ('best' as const) : ('last' as const);
  const comparison = await lab.call('compare.runs', { runs: [...runs], checkpoint });
  if (report !== undefined) {
    await writeReport(lab, report, { runs: [...runs], checkpoint, baseline: runs[0] ?? null }, language);
    note(io, say('The report is in {path}.', { path: resolve(report) }));
  }
  if (json) printJson(io, comparisonJson(comparison));
  else print(io, inWords(io, comparison));
}

async function writeReport(
  lab: LabClient,
  file: string,
  wanted: ReportRequest,
  language: Language,
): Promise<void> {
  const material = await collectMaterial(lab, wanted);
  const datasets = await lab.call('datasets.list', {});
  const text = reportHtml(material, { language, baseline: wanted.baseline ?? null, datasets });
  try {
    await writeFile(file, text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Problem(
      'compare.report',
      `the report cannot be written to ${resolve(file)} (${reason}); name a file in a folder that is there and can be written to`,
      { path: resolve(file), reason },
    );
  }
}

function inWords(io: Io, comparison: Comparison): string {
  const language = currentLanguage();
  const labels = labelsOf(language, comparison.runs);
  const label = (run: number) => labels.get(run) ?? String(run);
  const sentences = comparison.pairs.map((pair) => {
    const [a, b] = pair.pair;
    const sentence = verdictSentence(language, pair, { a: label(a), b: label(b) });
    return [io.colors.bold(sentence), ...pair.notes.map((each) => noteSentence(language, each))].join(' ');
  });
  const overSeeds = comparison.seeds.map((of) => io.colors.bold(seedSentence(language, of, comparison.runs)));
  const caution =
    comparison.seeds.length === 0 && comparison.pairs.some(({ result }) => result)
      ? [noteSentence(language, 'oneSeed')]
      : [];
  return [
    accuracyTable(comparison),
    pairTable(comparison.pairs),
    [...overSeeds, ...sentences, ...caution].join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function accuracyTable({ runs }: Comparison): string {
  return table(
    [
      { title: 'run', cell: ({ run }) => String(run) },
      { title: 'name', align: 'left', cell: ({ name }) => name },
      { title: 'net', align: 'left', cell: ({ network }) => network },
      { title: 'seed', cell: ({ seed }) => String(seed) },
      {
        title: 'right',
        cell: ({ correct, total }) =>
          correct === null ? '–' : say('{step} of {all}', { step: count(correct), all: count(total ?? 0) }),
      },
      {
        title: 'accuracy (95%)',
        cell: ({ correct, total, accuracyInterval, problem }) => {
          if (correct === null || !total || !accuracyInterval) return problem ? inLanguage(problem) : '–';
          const [low, high] = accuracyInterval.map((limit) => points(limit, total));
          return `${percent(correct / total, total)} (${range(low, high)})`;
        },
      },
    ],
    runs,
  );
}

const range = (low = '', high = '') => say('{low} to {high}', { low, high });

function pairTable(pairs: readonly ComparedPair[]): string {
  const compared = pairs.flatMap(({ pair, result }) => (result ? [{ pair, result }] : []));
  if (compared.length === 0) return '';
  const several = compared.length > 1;
  return table(
    [
      { title: 'runs', align: 'left', cell: ({ pair: [a, b] }) => say('{a} and {b}', { a, b }) },
      { title: 'both right', cell: ({ result }) => count(result.counts.bothRight) },
      { title: 'only first', cell: ({ result }) => count(result.counts.onlyA) },
      { title: 'only second', cell: ({ result }) => count(result.counts.onlyB) },
      { title: 'both wrong', cell: ({ result }) => count(result.counts.bothWrong) },
      {
        title: 'difference in points (95%)',
        cell: ({ result: { counts, interval } }) => {
          const images = totalOf(counts);
          const [low, high] = interval.map((limit) => points(limit, images));
          return `${points(differenceOf(counts), images, true)} (${range(low, high)})`;
        },
      },
      { title: 'p', cell: ({ result }) => pText(result.pValue).replace(/^= /, '') },
      ...(several
        ? [
            {
              title: "p (Holm's)",
              cell: ({ result }: (typeof compared)[number]) => pText(result.correctedP).replace(/^= /, ''),
            },
          ]
        : []),
    ],
    compared,
  );
}
