/** `stride show`: one run with all that is known of it. */
import type { LabClient } from '../../shared/api/api.ts';
import type { RunEvent } from '../../shared/runs/runEvents.ts';
import type { RunDetail } from '../../shared/runs/runs.ts';
import { count, dateTime, describeOptimizer, percent, seconds, table } from './format.ts';
import { type Io, print, printJson } from './io.ts';

export interface ShowOptions {
  readonly batchLosses?: boolean;
  readonly json?: boolean;
}

export async function showRun(
  io: Io,
  lab: LabClient,
  run: number,
  { batchLosses, json }: ShowOptions,
): Promise<void> {
  const detail = await lab.call('runs.get', { run });
  // A float32 is a double too, and a double is printed with all the digits that it needs to be read back.
  const losses = batchLosses ? [...(await lab.call('runs.batchLosses', { run })).losses] : undefined;
  const events = await lab.call('runs.events', { run });
  if (json) {
    printJson(io, { ...detail, events, ...(losses && { batchLosses: losses }) });
    return;
  }
  print(io, [heading(io, detail), facts(detail), epochs(detail), log(events)].filter(Boolean).join('\n'));
  if (losses) print(io, ['', 'loss of every batch', ...losses.map(String)].join('\n'));
}

function heading({ colors }: Io, { id, name, status, problem }: RunDetail): string {
  const title = `${colors.bold(`run ${id}: ${name}`)}, ${status}`;
  return problem ? `${title}\n${colors.red(problem.message)}` : title;
}

function facts(run: RunDetail): string {
  const { network, settings, machine, versions } = run;
  const rows: [string, string][] = [
    ['net', `${network.name}, ${count(run.parameterCount)} parameters`],
    ['settings', `${settings.epochs} epochs, batches of ${settings.batchSize}, seed ${settings.seed}`],
    ['optimizer', describeOptimizer(settings.optimizer)],
    ['data set', `${run.dataset} (SHA-256 ${run.datasetHash.slice(0, 12)}…)`],
    ['steps', `${count(run.step)} of ${count(run.stepsPerEpoch * settings.epochs)}`],
    ['best', describeBest(run)],
    ['seconds', seconds(run.trainSeconds)],
    ['made', dateTime(run.createdAt)],
    [
      'machine',
      `${machine.cpu}, ${machine.cores} cores, ${machine.platform} ${machine.arch}, ${run.shards === 1 ? 'one shard' : `${run.shards} shards`}`,
    ],
    [
      'versions',
      `Stride ${versions.stride}, TensorFlow ${versions.tensorflow || '–'}, Node ${versions.node}`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(11)}${value}`).join('\n');
}

function describeBest({ bestCheckpoint }: RunDetail): string {
  if (!bestCheckpoint) return '–';
  const { epoch, metric, file } = bestCheckpoint;
  const words = metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `epoch ${epoch} by ${words} (${file})`;
}

function epochs({ epochs }: RunDetail): string {
  if (epochs.length === 0) return '';
  return table(
    [
      { title: 'epoch', cell: ({ epoch }) => String(epoch) },
      { title: 'train loss', cell: ({ trainLoss }) => trainLoss.toFixed(4) },
      { title: 'test loss', cell: ({ testLoss }) => testLoss.toFixed(4) },
      { title: 'test accuracy', cell: ({ testCorrect, testTotal }) => percent(testCorrect, testTotal) },
      { title: 'seconds', cell: ({ trainSeconds }) => seconds(trainSeconds) },
    ],
    epochs,
  );
}

/** What the table of epochs does not say already. */
function log(events: readonly RunEvent[]): string {
  const told = events.filter(({ kind }) => kind !== 'epoch' && kind !== 'best');
  if (told.length === 0) return '';
  return table(
    [
      { title: 'log', cell: ({ at }) => dateTime(at) },
      { title: 'epoch', cell: ({ epoch }) => String(epoch) },
      { title: 'step', cell: ({ step }) => count(step) },
      { title: 'what', align: 'left', cell: inWords },
    ],
    told,
  );
}

function inWords(event: RunEvent): string {
  switch (event.kind) {
    case 'started':
      return `started on ${event.detail.threads} of ${event.detail.cores} cores`;
    case 'resumed':
      return event.step === 0
        ? 'resumed from the beginning'
        : `resumed from the checkpoint at step ${count(event.step)}${lostText(event.detail.lost ?? 0)}`;
    case 'learningRate':
      return `learning rate ${event.detail.before} → ${event.detail.learningRate}`;
    case 'finishEpoch':
      return event.detail.wanted ? 'to stop after this epoch' : 'not to stop after this epoch';
    case 'problem':
      return event.detail.problem.message;
    case 'exported': {
      const { format, largestDifference, images, runtime } = event.detail;
      return `exported to ${format}; within ${largestDifference.toExponential(1)} on ${images} images in ${runtime}`;
    }
    case 'imported':
      return `imported from ${event.detail.file}`;
    case 'evaluated': {
      const { dataset, testCorrect, testTotal } = event.detail;
      return `scored on ${dataset}: ${testCorrect} of ${testTotal}`;
    }
    default:
      return event.kind;
  }
}

function lostText(lost: number): string {
  return lost > 0 ? `; ${count(lost)} batches after it are trained again` : '';
}
