/** `stride export`, `import` and `evaluate`: export, import and evaluate trained nets. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { toProblemRecord } from '../../../shared/base/problem.ts';
import type { LabClient } from '../../../shared/api/api.ts';
import type { CheckpointChoice, ExportResult } from '../../../shared/api/calls/models.ts';
import { type ExportFormat, type ExportOptions, exportFormats } from '../../../shared/export/formats.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import { UsageProblem } from '../../host/commandLine.ts';
import { percent, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { resolveNetwork } from './networks.ts';
import { readScript } from '../scripts.ts';
import * as numbers from '../reports/numbers.ts';
import { suggest } from '../suggest.ts';
import { inLanguage, say } from '../../host/language.ts';

interface Surroundings {
  readonly io: Io;
  /** Runs work and sets its exit code. */
  readonly withLab: (work: (lab: LabClient) => Promise<number>) => Promise<void>;
}

interface ExportCommand extends ExportOptions {
  readonly format: ExportFormat[];
  readonly out: string;
  readonly checkpoint: CheckpointChoice;
  readonly overwrite?: true;
  readonly json?: true;
}

interface ImportCommand {
  readonly network?: string;
  readonly dataset: string;
  readonly name?: string;
  readonly key?: string;
  readonly json?: true;
}

interface EvaluateCommand {
  readonly checkpoint: CheckpointChoice;
  readonly dataset?: string;
  readonly json?: true;
}

export function addModelCommands(program: Command, surroundings: Surroundings): void {
  addExport(program, surroundings);
  addImport(program, surroundings);
  addEvaluate(program, surroundings);
}

const checkpointOption = () =>
  new Option('--checkpoint <which>', 'best, last, or the number of an epoch that is kept')
    .argParser(parseCheckpoint)
    .default('last');

function addExport(program: Command, { io, withLab }: Surroundings): void {
  program
    .command('export')
    .description(
      'export trained nets for other programs; each file is loaded again and compared before it is kept',
    )
    .addArgument(
      new Argument('<run...>', 'their numbers in "stride runs"').argParser(
        (text, before: number[] | undefined) => [...(before ?? []), numbers.parseRunId(text)],
      ),
    )
    .addOption(
      new Option(
        '--format <formats>',
        say('one or several of these, separated by commas: {names}', { names: exportFormats.join(', ') }),
      )
        .argParser(parseFormats)
        .makeOptionMandatory(),
    )
    .requiredOption(
      '--out <folder>',
      'folder to write to, created if it is missing; several runs get a sub-folder each',
    )
    .addOption(checkpointOption())
    .addOption(
      new Option(
        '--normalisation <where>',
        'inside: the exported net takes pixels in [0, 1] and normalises them; outside: it takes normalised images',
      )
        .choices(['inside', 'outside'])
        .default('inside'),
    )
    .addOption(
      new Option('--output <what>', 'outputs of the exported net')
        .choices(['logits', 'probabilities'])
        .default('logits'),
    )
    .option('--overwrite', 'replace files that exist')
    .addOption(new Option('--json', 'print one JSON object a line for each run and format'))
    .action((runs: number[], options: ExportCommand) =>
      withLab((lab) => exportModels(io, lab, runs, options)),
    );
}

async function exportModels(
  io: Io,
  lab: LabClient,
  runs: readonly number[],
  { format, out, checkpoint, overwrite, json, normalisation, output }: ExportCommand,
): Promise<number> {
  const limits = await lab.call('models.limits', { runs: [...runs] });
  for (const limit of limits.filter((each) => format.includes(each.format)))
    note(
      io,
      say('run {run}, {format}, layer {layer} ({type}): {text}', {
        ...{ run: limit.run, format: limit.format, layer: limit.layer, type: limit.type },
        text: inLanguage(limit.problem),
      }),
    );
  const results = await lab.call('models.export', {
    runs: [...runs],
    formats: format,
    folder: out,
    checkpoint,
    overwrite: overwrite ?? false,
    options: { normalisation, output },
  });
  if (json) for (const result of results) printJson(io, exportedJson(result));
  else print(io, exportedTable(io, results));
  for (const { problem } of results) if (problem) note(io, inLanguage(problem));
  return results.every(({ problem }) => problem === null) ? exitCodes.ok : exitCodes.failure;
}

/** Returns the result as JSON. Scripts depend on the field names. */
function exportedJson({ check, problem, ...result }: ExportResult): unknown {
  const passed = problem === null;
  return { type: passed ? 'exported' : 'failed', ...result, check: check && { ...check, passed }, problem };
}

function exportedTable({ colors }: Io, results: readonly ExportResult[]): string {
  return table(
    [
      { title: 'run', cell: ({ run }) => String(run) },
      { title: 'format', align: 'left', cell: ({ format }) => format },
      { title: 'largest difference', cell: ({ check }) => check?.largestDifference.toExponential(1) ?? '–' },
      { title: 'loaded in', align: 'left', cell: ({ check }) => check?.runtime ?? '–' },
      {
        title: 'files',
        align: 'left',
        cell: ({ files, problem }) => (problem ? colors.red(say('FAILED')) : files.join('\n')),
      },
    ],
    results,
  );
}

function addImport(program: Command, { io, withLab }: Surroundings): void {
  program
    .command('import')
    .description(
      'create a run from weights that were trained elsewhere: .pt (a state_dict), .safetensors, .onnx',
    )
    .argument('<file>', 'file with the weights; nothing in it is executed')
    .option(
      '--network <net>',
      'the net that they belong to: a preset, a network JSON file, or the PyTorch script (.py)',
    )
    .option('--dataset <id>', 'the data set that the net is for', 'mnist')
    .option('--name <text>', "the run's name in history")
    .option('--key <key>', 'which set of weights to use, if the file has several')
    .addOption(new Option('--json', 'print {"type":"imported","run":N} as JSON'))
    .addHelpText(
      'after',
      '\nThe run is stopped before its first step: "stride resume" trains on from these weights.',
    )
    .action((file: string, options: ImportCommand) => withLab((lab) => importModel(io, lab, file, options)));
}

async function importModel(io: Io, lab: LabClient, file: string, options: ImportCommand): Promise<number> {
  const named =
    options.network === undefined
      ? null
      : resolveNetwork(options.network, (path) => readScript(io, path, {}));
  const bytes = await readBytes(file);
  const request = {
    file: { name: file, bytes },
    network: named?.network ?? null,
    ...(named && { settings: named.settings }),
    dataset: options.dataset,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.key !== undefined && { key: options.key }),
  };
  const { run, notes } = await withFileBeside(file, (beside) =>
    lab.call('models.import', { ...request, beside }),
  );
  for (const each of notes) note(io, inLanguage(each));
  if (options.json)
    printJson(io, {
      type: 'imported',
      run: run.id,
      name: run.name,
      notes: notes.map(({ message }) => message),
    });
  else {
    const command = `${io.invocation} evaluate ${run.id}`;
    print(io, say('Run {id} is "{name}". Its score: {command}', { id: run.id, name: run.name, command }));
  }
  return exitCodes.ok;
}

/**
 * Adds the file that holds the model's weights, if the model names one. It must be in the model's own folder.
 */
async function withFileBeside<T>(
  file: string,
  work: (beside: { name: string; bytes: Uint8Array }[]) => Promise<T>,
): Promise<T> {
  try {
    return await work([]);
  } catch (error) {
    const { code, parameters } = toProblemRecord(error);
    const name = String(parameters['file'] ?? '');
    const path = join(dirname(file), basename(name));
    if (code !== 'import.external-data' || basename(name) !== name || !existsSync(path)) throw error;
    return await work([{ name, bytes: await readBytes(path) }]);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? say('there is no such file')
        : say('it cannot be read ({reason})', { reason: code });
    throw new UsageProblem('terminal.import-file', `${path}: ${reason}`, { path });
  }
}

function addEvaluate(program: Command, { io, withLab }: Surroundings): void {
  program
    .command('evaluate')
    .description("score a run on a whole test set: its own data set's, or another one's")
    .addArgument(new Argument('<run>', 'its number in "stride runs"').argParser(numbers.parseRunId))
    .addOption(checkpointOption())
    .option('--dataset <id>', "another data set in place of the run's; drawings means those kept in Inspect")
    .addOption(new Option('--json', 'print testCorrect, testTotal and testLoss as one JSON object'))
    .action((run: number, { checkpoint, dataset, json }: EvaluateCommand) =>
      withLab(async (lab) => {
        const result = await lab.call('models.evaluate', {
          run,
          checkpoint,
          ...(dataset !== undefined && { dataset }),
        });
        const { testCorrect, testTotal, testLoss } = result;
        if (json) printJson(io, { type: 'evaluated', run, ...result });
        else
          print(
            io,
            say(
              'run {run} after epoch {epoch}, on {dataset}: {correct} of {all} right ({accuracy}), loss {loss}',
              {
                ...{
                  run,
                  epoch: result.epoch,
                  dataset: result.dataset,
                  correct: testCorrect,
                  all: testTotal,
                },
                ...{ accuracy: percent(testCorrect, testTotal), loss: testLoss.toFixed(4) },
              },
            ),
          );
        return exitCodes.ok;
      }),
    );
}

function parseFormats(text: string, before: ExportFormat[] | undefined): ExportFormat[] {
  const names = text.split(',').map((each) => each.trim());
  for (const name of names) {
    if ((exportFormats as readonly string[]).includes(name)) continue;
    throw new InvalidArgumentError(
      say('There is {names}.', { names: exportFormats.join(', ') }) + suggest(name, exportFormats),
    );
  }
  return [...(before ?? []), ...(names as ExportFormat[])];
}

function parseCheckpoint(text: string): CheckpointChoice {
  if (text === 'best' || text === 'last') return text;
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give best, last, or the number of an epoch.');
}
