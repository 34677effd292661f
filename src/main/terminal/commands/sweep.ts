/** `stride sweep`, `stride sweep-resume` and `stride sweeps`: start, resume and list sweeps. */
import { type Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import { type Axis, type SweepSummary, mostSweepRuns } from '../../../shared/sweeps/sweeps.ts';
import { normalisationFor } from '../../../shared/training/training.ts';
import { followSweep } from '../reports/followSweep.ts';
import { type TextColumn, count, dateTime, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { say } from '../../host/language.ts';
import { resolveNetwork } from './networks.ts';
import * as numbers from '../reports/numbers.ts';
import { parseRange, parseSeeds, parseSet } from '../sweepAxes.ts';
import { jsonSweepReport, printSweep, TextSweepReport } from '../reports/sweepReport.ts';

export interface SweepHost {
  readonly io: Io;
  withLab(work: (lab: LabClient) => Promise<void>): Promise<void>;
  /** Runs work and sets its exit code; Ctrl-C aborts the signal. */
  untilStopped(work: (lab: LabClient, stop: AbortSignal) => Promise<number>): Promise<void>;
}

interface SweepOptions {
  readonly set?: Axis[];
  readonly range?: Axis[];
  readonly seeds: number[];
  readonly epochs?: number;
  readonly workers?: number;
  readonly random?: number;
  readonly randomSeed: number;
  readonly name?: string;
  readonly dataset: string;
  readonly json?: boolean;
}

interface ListOptions {
  readonly limit: number;
  readonly json?: boolean;
}

const parseWorkers = whole(1024, 'a whole number from 1 to 1,024');
const parseRandom = whole(mostSweepRuns, 'a whole number from 1 to 10,000');
const parseSweepId = whole(
  Number.MAX_SAFE_INTEGER,
  'the number of a sweep, as the command "sweeps" lists them',
);

export function addSweepCommands(program: Command, host: SweepHost): void {
  addStart(program, host);
  addKept(program, host);
}

function addStart(program: Command, host: SweepHost): void {
  const { io } = host;
  program
    .command('sweep')
    .description('train a net with every combination of some values, each with several seeds')
    .argument('<network>', 'a preset (see "stride presets") or the path of a network JSON file')
    .option(
      '--set <path=values>',
      'a field’s values, such as batchSize=32,64 or optimizer=adam,sgd; may be given again',
      collect(parseSet),
    )
    .option(
      '--range <path=from..to:steps>',
      'values from a range, such as optimizer.learningRate=0.001..0.1:5:log; may be given again',
      collect(parseRange),
    )
    .option(
      '--seeds <list>',
      'seeds that each combination is run with, such as 0,1,2 or 0..9',
      parseSeeds,
      [0],
    )
    .option('--epochs <number>', 'number of epochs: passes over the training images', numbers.parseEpochs)
    .option(
      '--workers <number>',
      'number of concurrent runs; one for each core if it is not given',
      parseWorkers,
    )
    .option(
      '--random <number>',
      'number of combinations to draw at random, instead of the whole grid',
      parseRandom,
    )
    .option('--random-seed <number>', 'the same seed draws the same combinations', numbers.parseSeed, 0)
    .option('--name <text>', "the sweep's name in history")
    .option('--dataset <id>', 'data set to train on, see "stride datasets list"', 'mnist')
    .option('--json', 'print one JSON object a line: sweep, run, results')
    .addHelpText(
      'after',
      `\n${say(
        'Paths are those of a run’s JSON (stride show --json): epochs, batchSize, optimizer.momentum, ' +
          'network.layers.3.filters (counted from 0), or whole parts: network=course,homework.',
      )}` + `\n${say('Ctrl-C writes checkpoints and pauses; "stride sweep-resume" goes on from there.')}`,
    )
    .action((network: string, options: SweepOptions) => {
      const request = requestOf(network, options);
      return host.untilStopped((lab, stop) =>
        followSweep(lab, () => lab.call('sweeps.start', request), reporter(io, options), stop),
      );
    });
}

/** The commands for sweeps that are in history. */
function addKept(program: Command, host: SweepHost): void {
  const { io } = host;
  program
    .command('sweep-resume')
    .description('resume a sweep that was paused, cancelled or interrupted')
    .argument('<sweep>', 'its number in "stride sweeps"', parseSweepId)
    .option('--json', 'print one JSON object a line, as sweep does')
    .action((sweep: number, options: { json?: boolean }) =>
      host.untilStopped((lab, stop) =>
        followSweep(lab, () => lab.call('sweeps.resume', { sweep }), reporter(io, options), stop),
      ),
    );

  program
    .command('sweeps')
    .description('list the sweeps in history, newest first, or show the results of one')
    .argument('[sweep]', 'its number', parseSweepId)
    .option('--limit <number>', 'largest number of runs to list', numbers.parseLimit, 20)
    .option('--json', 'print {"sweeps","total"}, or all of the one, as JSON')
    .action((sweep: number | undefined, options: ListOptions) =>
      host.withLab((lab) => (sweep === undefined ? list(io, lab, options) : show(io, lab, sweep, options))),
    );
}

const reporter = (io: Io, { json }: { json?: boolean }) =>
  json ? jsonSweepReport(io) : new TextSweepReport(io);

function requestOf(name: string, options: SweepOptions): CallInput<'sweeps.start'> {
  const { network, settings } = resolveNetwork(name);
  return {
    sweep: {
      ...(options.name !== undefined && { name: options.name }),
      network,
      settings: {
        ...settings,
        epochs: options.epochs ?? settings.epochs,
        normalisation: normalisationFor(settings.normalisation, options.dataset),
      },
      dataset: options.dataset,
      axes: [...(options.set ?? []), ...(options.range ?? [])],
      mode: options.random === undefined ? 'grid' : { random: options.random, seed: options.randomSeed },
      seeds: options.seeds,
    },
    ...(options.workers !== undefined && { workers: options.workers }),
  };
}

const columns: readonly TextColumn<SweepSummary>[] = [
  { title: 'sweep', cell: ({ id }) => String(id) },
  { title: 'name', align: 'left', cell: ({ name }) => name },
  { title: 'status', align: 'left', cell: ({ status }) => say(status) },
  { title: 'combinations', cell: ({ combinations }) => String(combinations) },
  { title: 'seeds', cell: ({ seeds }) => String(seeds) },
  { title: 'finished', cell: ({ runs }) => `${runs.finished}/${runs.total}` },
  { title: 'failed', cell: ({ runs }) => String(runs.failed) },
  { title: 'made', align: 'left', cell: ({ createdAt }) => dateTime(createdAt) },
];

async function list(io: Io, lab: LabClient, { limit, json }: ListOptions): Promise<void> {
  const { sweeps, total } = await lab.call('sweeps.list', { limit });
  if (json) {
    printJson(io, { sweeps, total });
    return;
  }
  if (total === 0) {
    note(
      io,
      say('There are no sweeps yet. Make one: {command}', {
        command: `${io.invocation} sweep course --set batchSize=32,64`,
      }),
    );
    return;
  }
  print(io, table(columns, sweeps));
  if (total > sweeps.length)
    note(
      io,
      say('The newest {shown} of {all}; --limit shows more.', {
        shown: count(sweeps.length),
        all: count(total),
      }),
    );
}

async function show(io: Io, lab: LabClient, sweep: number, { json }: ListOptions): Promise<void> {
  const detail = await lab.call('sweeps.get', { sweep });
  if (json) printJson(io, detail);
  else printSweep(io, detail);
}

/** Returns a parser for an option that may be repeated. */
function collect<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, parse(text)];
}

function whole(maximum: number, range: string): (text: string) => number {
  const schema = z.int().min(1).max(maximum);
  return (text) => {
    if (!/^\d+$/.test(text) || !schema.safeParse(Number(text)).success)
      throw new InvalidArgumentError(say('Give {range}.', { range: say(range) }));
    return Number(text);
  };
}
