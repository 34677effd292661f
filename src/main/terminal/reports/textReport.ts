/**
 * Reports training for a person: the course script's own lines, the active runs in one line below them, and
 * finally the nets side by side. If several are trained, each line begins with the run's name.
 */
import { inLanguage, say } from '../../host/language.ts';
import { resumable, type RunSummary } from '../../../shared/runs/runs.ts';
import type { Reporter } from './follow.ts';
import { type TextColumn, count, duration, percent, seconds, table } from './format.ts';
import { type Io, note } from '../io.ts';
import { LiveLine } from './liveLine.ts';
import { ProgressRate } from './pace.ts';

interface Shown {
  readonly label: string;
  readonly prefix: string;
  readonly pace: ProgressRate;
  readonly epochs: number;
  accuracy: string;
}

/** Creates a report for a person; `now` returns milliseconds, for the remaining time. */
export function textReport(io: Io, now: () => number = Date.now): Reporter {
  const { colors } = io;
  const live = new LiveLine(io.stdout);
  const shown = new Map<number, Shown>();
  const going = new Set<Shown>();
  let stopping = false;

  const line = (run: number, text: string) => {
    live.print(`${shown.get(run)?.prefix ?? ''}${text}`);
  };
  const draw = () => {
    // The line appears only after the first losses, because TensorFlow writes to the terminal while it is
    // loaded.
    const begun = [...shown.values()].some(({ pace }) => pace.loss !== undefined);
    const parts = begun ? [...going].map(describe) : [];
    if (stopping && parts.length > 0) parts.unshift(colors.yellow(say('stopping')));
    live.update(parts.join(colors.dim('  │  ')));
  };
  const describe = ({ label, pace, epochs, accuracy }: Shown): string => {
    const { loss, imagesPerSecond, secondsLeft } = pace;
    if (loss === undefined) return `${colors.cyan(label)} ${say('waiting')}`;
    return [
      `${colors.cyan(label)} ${Math.min(pace.epoch, epochs)}/${epochs}`,
      say('loss {loss}', { loss: loss.toFixed(3) }),
      accuracy,
      say('{count} images/s', { count: count(imagesPerSecond) }),
      secondsLeft === undefined ? '' : say('{time} left', { time: duration(secondsLeft) }),
    ]
      .filter(Boolean)
      .join('  ');
  };

  return {
    started: (runs) => {
      const labels = labelsOf(runs);
      const width = Math.max(...labels.map((label) => label.length));
      for (const [index, run] of runs.entries()) {
        const label = labels[index] ?? run.name;
        const prefix = runs.length > 1 ? `${colors.cyan(label.padEnd(width))}  ` : '';
        const accuracy = run.last ? percent(run.last.testCorrect, run.last.testTotal) : '';
        const state = {
          label,
          prefix,
          pace: new ProgressRate(run, now),
          epochs: run.settings.epochs,
          accuracy,
        };
        shown.set(run.id, state);
        going.add(state);
      }
      draw();
    },
    // The format is the course script's `print('[%d, %5d] loss: %.3f' % (epoch, batch, loss))`.
    runningLoss: ({ run, epoch, batch, loss }) => {
      line(run, `[${epoch}, ${String(batch).padStart(5)}] loss: ${loss.toFixed(3)}`);
    },
    epoch: ({ run, testCorrect, testTotal }) => {
      const accuracy = percent(testCorrect, testTotal);
      line(run, say('accuracy on test set: {accuracy}', { accuracy: colors.bold(accuracy) }));
      const state = shown.get(run);
      if (state) state.accuracy = accuracy;
      draw();
    },
    batchLosses: (batch) => {
      shown.get(batch.run)?.pace.add(batch);
      draw();
    },
    ended: (run) => {
      const state = shown.get(run.id);
      if (state) going.delete(state);
      if (run.problem) {
        live.update('');
        note(io, `${state?.prefix ?? ''}${colors.red(say('failed'))}: ${inLanguage(run.problem)}`);
      }
      draw();
    },
    stopping: () => {
      stopping = true;
      live.update('');
      note(io, say('Stopping; checkpoints are being written. Ctrl-C again ends without.'));
      draw();
    },
    finished: (runs) => {
      live.end();
      live.print(comparison(runs));
      const left = runs.filter(({ status }) => resumable.includes(status));
      for (const { id } of left)
        note(
          io,
          say('To go on where run {id} stopped: {command}', { id, command: `${io.invocation} resume ${id}` }),
        );
    },
  };
}

/** Returns the runs' names, made unique by the runs' numbers if necessary. */
function labelsOf(runs: readonly RunSummary[]): string[] {
  return runs.map(({ id, name }) =>
    runs.filter((run) => run.name === name).length > 1 ? `${name} #${id}` : name,
  );
}

function comparison(runs: readonly RunSummary[]): string {
  const columns: TextColumn<RunSummary>[] = [
    { title: 'net', align: 'left', cell: ({ network }) => network.name },
    { title: 'parameters', cell: ({ parameterCount }) => count(parameterCount) },
    {
      title: 'best accuracy (epoch)',
      cell: ({ best, last }) =>
        best && last ? `${percent(best.testCorrect, last.testTotal)} (${best.epoch})` : '–',
    },
    { title: 'last accuracy', cell: ({ last }) => (last ? percent(last.testCorrect, last.testTotal) : '–') },
    { title: 'test loss', cell: ({ last }) => last?.testLoss.toFixed(4) ?? '–' },
    { title: 'seconds', cell: ({ trainSeconds }) => seconds(trainSeconds) },
    { title: 'run', cell: ({ id }) => String(id) },
  ];
  if (runs.some(({ status }) => status !== 'finished')) {
    columns.push({ title: 'status', align: 'left', cell: ({ status }) => say(status) });
  }
  return table(columns, runs);
}
