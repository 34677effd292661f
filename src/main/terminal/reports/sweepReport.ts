/** A sweep for a person or a program: each run as it ends, and at the end the combinations with mean and deviation. */
import { inLanguage } from '../../host/language.ts';
import type { EventPayload } from '../../../shared/api/api.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import type { Combination, Spread, SweepDetail, SweepSummary } from '../../../shared/sweeps/sweeps.ts';
import { type Column, count, duration, percent, seconds, table } from './format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { LiveLine } from './liveLine.ts';

export interface SweepReporter {
  /** Once, first. */
  started(sweep: SweepSummary): void;
  /** Something about the sweep or a run of it under way. */
  changed(sweep: SweepSummary): void;
  running(run: RunSummary): void;
  batchLosses(batch: EventPayload<'run.batchLosses'>): void;
  /** Once a run, however it ended. */
  ended(run: RunSummary, sweep: SweepSummary): void;
  /** Ctrl-C was heard; checkpoints are being written. */
  stopping(): void;
  /** Once, last. */
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
        /** Runs that were finished before: 0, but for a sweep that goes on. */
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
      if (problem) note(io, `sweep ${id}: ${inLanguage(problem)}`);
    },
  };
}

/** `now` in milliseconds, for the time that is left. */
export function textSweepReport(io: Io, now: () => number = Date.now): SweepReporter {
  const { colors } = io;
  const live = new LiveLine(io.stdout);
  const going = new Map<number, { run: RunSummary; loss?: number }>();
  const began = now();
  let before = 0;
  let sweep: SweepSummary | undefined;
  let stopping = false;

  const done = ({ runs }: SweepSummary) => runs.finished + runs.failed;
  const draw = () => {
    // Not before the first losses: TensorFlow writes to the terminal by itself while it is loaded.
    if (!sweep || ![...going.values()].some(({ loss }) => loss !== undefined)) return;
    const rate = (done(sweep) - before) / (now() - began);
    const left = rate > 0 ? `  ${duration((sweep.runs.total - done(sweep)) / rate / 1000)} left` : '';
    const parts = [...going.values()].flatMap(({ run, loss }) =>
      loss === undefined
        ? []
        : [
            `${colors.cyan(run.name)} ${Math.min(run.epochsDone + 1, run.settings.epochs)}/${run.settings.epochs}  loss ${loss.toFixed(3)}`,
          ],
    );
    const head = `${stopping ? colors.yellow('stopping ') : ''}${done(sweep)}/${sweep.runs.total}${left}`;
    live.update([head, ...parts].join(colors.dim('  │  ')));
  };

  return {
    started: (begun) => {
      sweep = begun;
      before = done(begun);
      const { id, name, combinations, seeds, runs, workers } = begun;
      const finished = before > 0 ? `, ${before} of them done` : '';
      live.print(
        `${colors.bold(`sweep ${id}: ${name}`)}, ${some(combinations, 'combination')} × ${some(seeds, 'seed')} = ` +
          `${some(runs.total, 'run')}${finished}, ${workers} at a time`,
      );
    },
    changed: (changed) => {
      sweep = changed;
      draw();
    },
    running: (run) => {
      going.set(run.id, { ...going.get(run.id), run });
      draw();
    },
    batchLosses: ({ run, losses }) => {
      const state = going.get(run);
      if (!state || losses.length === 0) return;
      state.loss = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      draw();
    },
    ended: (run, now) => {
      going.delete(run.id);
      sweep = now;
      const { last, best, problem } = run;
      const place = colors.dim(`[${done(now)}/${now.runs.total}]`);
      if (run.status === 'finished' && last && best) {
        const accuracy = colors.bold(percent(last.testCorrect, last.testTotal));
        const most = percent(best.testCorrect, last.testTotal);
        live.print(
          `${place} ${run.name}  accuracy ${accuracy} (best ${most}, epoch ${best.epoch})  ${seconds(run.trainSeconds)} s  run ${run.id}`,
        );
      } else if (problem) {
        live.print(`${place} ${run.name}  ${colors.red('failed')}: ${inLanguage(problem)}  run ${run.id}`);
      }
      draw();
    },
    stopping: () => {
      stopping = true;
      live.update('');
      note(io, 'Pausing; checkpoints are being written. Ctrl-C again ends without.');
    },
    finished: (detail) => {
      live.end();
      live.print(resultsTable(detail));
      if (detail.problem) note(io, `${colors.red(detail.status)}: ${inLanguage(detail.problem)}`);
      if (detail.status !== 'finished') {
        note(io, `To go on with sweep ${detail.id}: ${io.invocation} sweep-resume ${detail.id}`);
      }
    },
  };
}

/** One sweep, as `stride sweeps <sweep>` shows it. */
export function printSweep(io: Io, sweep: SweepDetail): void {
  const { id, name, status, problem, runs } = sweep;
  const { finished, failed, open, waiting } = runs;
  print(
    io,
    `${io.colors.bold(`sweep ${id}: ${name}`)}, ${status}: ${finished} finished, ${failed} failed, ${open} under way or stopped, ${waiting} not begun`,
  );
  if (problem) print(io, io.colors.red(inLanguage(problem)));
  print(io, resultsTable(sweep));
}

const some = (value: number, word: string) => `${count(value)} ${word}${value === 1 ? '' : 's'}`;

function resultsTable({ results }: SweepDetail): string {
  const spread = (
    of: (combination: Combination) => Spread | null,
    say: (value: number) => string,
    unit = '',
  ) => {
    return (combination: Combination) => {
      const value = of(combination);
      if (!value) return '–';
      const deviation = value.deviation === null ? '' : ` ± ${say(value.deviation)}`;
      return `${say(value.mean)}${deviation}${unit}`;
    };
  };
  const hundredths = (share: number) => (100 * share).toFixed(2);
  const columns: Column<Combination>[] = [
    { title: 'combination', align: 'left', cell: ({ label }) => label },
    { title: 'runs', cell: (each) => `${each.count}/${each.runs.length}` },
    { title: 'best accuracy', cell: spread(({ bestAccuracy }) => bestAccuracy, hundredths, ' %') },
    { title: 'last accuracy', cell: spread(({ lastAccuracy }) => lastAccuracy, hundredths, ' %') },
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
