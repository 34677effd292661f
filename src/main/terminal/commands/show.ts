/** `stride show`: shows everything about one run. */
import { inLanguage, say } from '../../host/language.ts';
import type { LabClient } from '../../../shared/api/api.ts';
import type { RunEvent } from '../../../shared/runs/runEvents.ts';
import type { RunDetail } from '../../../shared/runs/runs.ts';
import { type LoggedKernels, stepTimes } from '../../../shared/training/kernels.ts';
import { labelled, count, dateTime, describeOptimizer, percent, seconds, table } from '../reports/format.ts';
import { type Io, print, printJson } from '../io.ts';

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
  // A float32 is exactly representable as a double, and a double is printed with all the digits that are
  // needed to restore it.
  const losses = batchLosses ? [...(await lab.call('runs.batchLosses', { run })).losses] : undefined;
  const events = await lab.call('runs.events', { run });
  if (json) {
    printJson(io, { ...detail, events, ...(losses && { batchLosses: losses }) });
    return;
  }
  print(io, [heading(io, detail), facts(detail), epochs(detail), log(events)].filter(Boolean).join('\n'));
  if (losses) print(io, ['', say('loss of every batch'), ...losses.map(String)].join('\n'));
}

function heading({ colors }: Io, { id, name, status, problem }: RunDetail): string {
  const title = `${colors.bold(say('run {id}: {name}', { id, name }))}, ${say(status)}`;
  return problem ? `${title}\n${colors.red(inLanguage(problem))}` : title;
}

function facts(run: RunDetail): string {
  const { network, settings, machine, versions } = run;
  const rows: [string, string][] = [
    ['net', say('{name}, {count} parameters', { name: network.name, count: count(run.parameterCount) })],
    [
      'settings',
      say('{epochs} epochs, batches of {batch}, seed {seed}', {
        epochs: settings.epochs,
        batch: settings.batchSize,
        seed: settings.seed,
      }),
    ],
    ['optimizer', describeOptimizer(settings.optimizer)],
    ['data set', `${run.dataset} (SHA-256 ${run.datasetHash.slice(0, 12)}…)`],
    [
      'steps',
      say('{step} of {all}', { step: count(run.step), all: count(run.stepsPerEpoch * settings.epochs) }),
    ],
    ['best', describeBest(run)],
    ['seconds', seconds(run.trainSeconds)],
    ['made', dateTime(run.createdAt)],
    [
      'machine',
      say(
        run.shards === 1
          ? '{cpu}, {cores} cores, {system}, one shard'
          : '{cpu}, {cores} cores, {system}, {shards} shards',
        {
          ...{ cpu: machine.cpu, cores: machine.cores, shards: run.shards },
          system: `${machine.platform} ${machine.arch}`,
        },
      ),
    ],
    [
      'versions',
      `Stride ${versions.stride}, TensorFlow ${versions.tensorflow || '–'}, Node ${versions.node}`,
    ],
  ];
  return labelled(rows);
}

function describeBest({ bestCheckpoint }: RunDetail): string {
  if (!bestCheckpoint) return '–';
  const { epoch, metric, file } = bestCheckpoint;
  const words = metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return say('epoch {epoch} by {metric} ({file})', { epoch, metric: say(words), file });
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

/** Returns the log without what the table of epochs already shows. */
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

function kernelsText({ kernels, kernelTimes }: LoggedKernels): string {
  if (kernels === undefined) return '';
  const text = kernels === 'stride' ? say(", with Stride's own kernels") : say(", with TensorFlow's kernels");
  if (!kernelTimes) return text;
  return text + say(' ({chosen} ms per step instead of {other})', stepTimes(kernels, kernelTimes));
}

function inWords(event: RunEvent): string {
  switch (event.kind) {
    case 'started':
      return (
        say('started on {threads} of {cores} cores', {
          threads: event.detail.threads,
          cores: event.detail.cores,
        }) + kernelsText(event.detail)
      );
    case 'resumed':
      return event.step === 0
        ? say('resumed from the beginning')
        : say('resumed from the checkpoint at step {step}', { step: count(event.step) }) +
            lostText(event.detail.lost ?? 0);
    case 'learningRate':
      return say('learning rate {before} → {after}', {
        before: event.detail.before,
        after: event.detail.learningRate,
      });
    case 'finishEpoch':
      return event.detail.wanted ? say('to stop after this epoch') : say('not to stop after this epoch');
    case 'problem':
      return inLanguage(event.detail.problem);
    case 'exported': {
      const { format, largestDifference, images, runtime } = event.detail;
      const values = { format, images, runtime, difference: largestDifference.toExponential(1) };
      return say('exported to {format}; within {difference} on {images} images in {runtime}', values);
    }
    case 'imported':
      return say('imported from {file}', { file: event.detail.file });
    case 'evaluated': {
      const { dataset, testCorrect, testTotal } = event.detail;
      return say('scored on {dataset}: {correct} of {total}', {
        ...{ dataset, correct: testCorrect, total: testTotal },
      });
    }
    default:
      return say(event.kind);
  }
}

function lostText(lost: number): string {
  return lost > 0 ? say('; {count} batches after it are trained again', { count: count(lost) }) : '';
}
