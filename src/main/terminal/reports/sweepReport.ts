/**
 * Reports a sweep for a person or a program: each run when it ends, and finally the combinations with mean
 * and deviation.
 */
import type { EventPayload } from '../../../shared/api/api.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { Combination, Spread, SweepDetail, SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { inLanguage, say } from '../../host/language.ts';
import { type TextColumn, count, duration, percent, seconds, table } from './format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { LiveLine } from './liveLine.ts';

export interface SweepReporter {
  /** Called once, first. */
  started(sweep: SweepSummary): void;
  /** Called when the sweep or one of its active runs has changed. */
  changed(sweep: SweepSummary): void;
  running(run: RunSummary): void;
  batchLosses(batch: EventPayload<'run.batchLosses'>): void;
  /** Called once per run, however it ended. */
  ended(run: RunSummary, sweep: SweepSummary): void;
  /** Called at Ctrl-C, while checkpoints are being written. */
  stopping(): void;
  /** Called once, last. */
  finished(sweep: SweepDetail): void;
}

export function jsonSweepReport(io: Io): SweepReporter {
  return {
    started: ({ id, name, combinations, seeds, workers, shards, runs }) => {
      const { total, finished } = runs;
      printJson(io, {
        type: 'sweep',
        sweep: id,
        name,
        combinations,
        seeds,
        runs: total,
        /** The number of runs finished before; 0 except for a resumed sweep. */
        finished,
        workers,
        shards,
      });
    },
    changed: () => undefined,
    running: () => undefined,
    batchLosses: () => undefined,
    ended: ({ id, name, settings, status, sweep, best, last, trainSeconds, problem }) => {
      printJson(io, {
        type: 'run',
        sweep: sweep?.id,
        run: id,
        position: sweep?.position,
        name,
        seed: settings.seed,
        status,
        best,
        last,
        trainSeconds,
        ...(problem && { problem }),
      });
    },
    stopping: () => undefined,
    finished: ({ id, status, problem, results }) => {
      printJson(io, {
        type: 'results',
        sweep: id,
        status,
        ...(problem && { problem }),
        combinations: results,
      });
      if (problem) note(io, say('sweep {id}: {text}', { id, text: inLanguage(problem) }));
    },
  };
}

export class TextSweepReport implements SweepReporter {
  readonly #io: Io;
  readonly #now: () => number;
  readonly #live: LiveLine;
  readonly #going = new Map<number, { run: RunSummary; loss?: number }>();
  readonly #began: number;
  /** Number of runs that had ended before this report began. */
  #before = 0;
  #sweep: SweepSummary | undefined;
  #stopping = false;

  /** `now` returns milliseconds, for the remaining time. */
  constructor(io: Io, now: () => number = Date.now) {
    this.#io = io;
    this.#now = now;
    this.#live = new LiveLine(io.stdout);
    this.#began = now();
  }

  started(begun: SweepSummary): void {
    this.#sweep = begun;
    this.#before = done(begun);
    const { id, name, combinations, seeds, runs, workers } = begun;
    const finished = this.#before > 0 ? say(', {count} of them done', { count: this.#before }) : '';
    this.#live.print(
      `${this.#io.colors.bold(say('sweep {id}: {text}', { id, text: name }))}, ${some(combinations, 'combination')} × ` +
        `${some(seeds, 'seed')} = ${some(runs.total, 'run')}${finished}${say(', {count} at a time', { count: workers })}`,
    );
  }

  changed(changed: SweepSummary): void {
    this.#sweep = changed;
    this.#draw();
  }

  running(run: RunSummary): void {
    this.#going.set(run.id, { ...this.#going.get(run.id), run });
    this.#draw();
  }

  batchLosses({ run, losses }: EventPayload<'run.batchLosses'>): void {
    const state = this.#going.get(run);
    if (!state || losses.length === 0) return;
    state.loss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    this.#draw();
  }

  ended(run: RunSummary, changed: SweepSummary): void {
    this.#going.delete(run.id);
    this.#sweep = changed;
    const { last, best, problem } = run;
    const place = this.#io.colors.dim(`[${done(changed)}/${changed.runs.total}]`);
    if (run.status === 'finished' && last && best) {
      const accuracy = this.#io.colors.bold(percent(last.testCorrect, last.testTotal));
      const most = percent(best.testCorrect, last.testTotal);
      const score = say('accuracy {accuracy} (best {most}, epoch {epoch})', {
        ...{ accuracy, most, epoch: best.epoch },
      });
      this.#live.print(
        `${place} ${run.name}  ${score}  ${seconds(run.trainSeconds)} s  ${say('run {id}', { id: run.id })}`,
      );
    } else if (problem) {
      this.#live.print(
        `${place} ${run.name}  ${this.#io.colors.red(say('failed'))}: ${inLanguage(problem)}  ${say('run {id}', { id: run.id })}`,
      );
    }
    this.#draw();
  }

  stopping(): void {
    this.#stopping = true;
    this.#live.update('');
    note(this.#io, say('Pausing; checkpoints are being written. Press Ctrl-C again to end without them.'));
  }

  finished(detail: SweepDetail): void {
    this.#live.end();
    this.#live.print(resultsTable(detail));
    if (detail.problem)
      note(this.#io, `${this.#io.colors.red(say(detail.status))}: ${inLanguage(detail.problem)}`);
    if (detail.status !== 'finished') {
      const command = `${this.#io.invocation} sweep-resume ${detail.id}`;
      note(this.#io, say('To go on with sweep {id}: {command}', { id: detail.id, command }));
    }
  }

  #draw(): void {
    // The line appears only after the first losses, because TensorFlow writes to the terminal while it is
    // loaded.
    if (!this.#sweep || ![...this.#going.values()].some(({ loss }) => loss !== undefined)) return;
    const rate = (done(this.#sweep) - this.#before) / (this.#now() - this.#began);
    const time = rate > 0 ? duration((this.#sweep.runs.total - done(this.#sweep)) / rate / 1000) : null;
    const left = time === null ? '' : `  ${say('{time} left', { time })}`;
    const parts = [...this.#going.values()].flatMap(({ run, loss }) =>
      loss === undefined
        ? []
        : [
            `${this.#io.colors.cyan(run.name)} ${Math.min(run.epochsDone + 1, run.settings.epochs)}/${run.settings.epochs}  ` +
              say('loss {loss}', { loss: loss.toFixed(3) }),
          ],
    );
    const head = `${this.#stopping ? `${this.#io.colors.yellow(say('stopping'))} ` : ''}${done(this.#sweep)}/${this.#sweep.runs.total}${left}`;
    this.#live.update([head, ...parts].join(this.#io.colors.dim('  │  ')));
  }
}

const done = ({ runs }: SweepSummary) => runs.finished + runs.failed;

/** Prints one sweep, as `stride sweeps <sweep>` shows it. */
export function printSweep(io: Io, sweep: SweepDetail): void {
  const { id, name, status, problem, runs } = sweep;
  const { finished, failed, open, waiting } = runs;
  const counts = { finished, failed, open, waiting };
  print(
    io,
    `${io.colors.bold(say('sweep {id}: {text}', { id, text: name }))}, ${say(status)}: ` +
      say('{finished} finished, {failed} failed, {open} under way or stopped, {waiting} not begun', counts),
  );
  if (problem) print(io, io.colors.red(inLanguage(problem)));
  print(io, resultsTable(sweep));
}

const words = {
  combination: ['{count} combination', '{count} combinations'],
  seed: ['{count} seed', '{count} seeds'],
  run: ['{count} run', '{count} runs'],
} as const;

const some = (value: number, word: keyof typeof words) =>
  say(words[word][value === 1 ? 0 : 1], { count: count(value) });

function resultsTable({ results }: SweepDetail): string {
  const spread = (
    of: (combination: Combination) => Spread | null,
    written: (value: number) => string,
    unit = '',
  ) => {
    return (combination: Combination) => {
      const value = of(combination);
      if (!value) return '–';
      const deviation = value.deviation === null ? '' : ` ± ${written(value.deviation)}`;
      return `${written(value.mean)}${deviation}${unit}`;
    };
  };
  const hundredths = (share: number) => (100 * share).toFixed(2);
  const columns: TextColumn<Combination>[] = [
    { title: 'combination', align: 'left', cell: ({ label }) => label },
    { title: 'runs', cell: (each) => `${each.count}/${each.runs.length}` },
    { title: 'best accuracy', cell: spread(({ bestAccuracy }) => bestAccuracy, hundredths, '%') },
    { title: 'last accuracy', cell: spread(({ lastAccuracy }) => lastAccuracy, hundredths, '%') },
    {
      title: 'test loss',
      cell: spread(
        ({ testLoss }) => testLoss,
        (loss) => loss.toFixed(4),
      ),
    },
    { title: 'seconds', cell: spread((each) => each.seconds, seconds) },
  ];
  return table(columns, results);
}
