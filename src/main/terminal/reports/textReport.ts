/**
 * Reports training for a person: the course script's own lines, the active runs in one line below them, and
 * finally the nets side by side. If several are trained, each line begins with the run's name.
 */
import type { EventPayload } from '../../../shared/api/api.ts';
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

export class TextReport implements Reporter {
  readonly #io: Io;
  readonly #now: () => number;
  readonly #live: LiveLine;
  readonly #shown = new Map<number, Shown>();
  readonly #going = new Set<Shown>();
  #stopping = false;

  /** `now` returns milliseconds, for the remaining time. */
  constructor(io: Io, now: () => number = Date.now) {
    this.#io = io;
    this.#now = now;
    this.#live = new LiveLine(io.stdout);
  }

  started(runs: readonly RunSummary[]): void {
    const labels = labelsOf(runs);
    const width = Math.max(...labels.map((label) => label.length));
    for (const [index, run] of runs.entries()) {
      const label = labels[index] ?? run.name;
      const prefix = runs.length > 1 ? `${this.#io.colors.cyan(label.padEnd(width))}  ` : '';
      const accuracy = run.last ? percent(run.last.testCorrect, run.last.testTotal) : '';
      const state = {
        label,
        prefix,
        pace: new ProgressRate(run, this.#now),
        epochs: run.settings.epochs,
        accuracy,
      };
      this.#shown.set(run.id, state);
      this.#going.add(state);
    }
    this.#draw();
  }

  // The format is the course script's `print('[%d, %5d] loss: %.3f' % (epoch, batch, loss))`.
  runningLoss({ run, epoch, batch, loss }: EventPayload<'run.runningLoss'>): void {
    this.#line(run, `[${epoch}, ${String(batch).padStart(5)}] loss: ${loss.toFixed(3)}`);
  }

  epoch({ run, testCorrect, testTotal }: EventPayload<'run.epoch'>): void {
    const accuracy = percent(testCorrect, testTotal);
    this.#line(run, say('accuracy on test set: {accuracy}', { accuracy: this.#io.colors.bold(accuracy) }));
    const state = this.#shown.get(run);
    if (state) state.accuracy = accuracy;
    this.#draw();
  }

  batchLosses(batch: EventPayload<'run.batchLosses'>): void {
    this.#shown.get(batch.run)?.pace.add(batch);
    this.#draw();
  }

  ended(run: RunSummary): void {
    const state = this.#shown.get(run.id);
    if (state) this.#going.delete(state);
    if (run.problem) {
      this.#live.update('');
      note(
        this.#io,
        `${state?.prefix ?? ''}${this.#io.colors.red(say('failed'))}: ${inLanguage(run.problem)}`,
      );
    }
    this.#draw();
  }

  stopping(): void {
    this.#stopping = true;
    this.#live.update('');
    note(this.#io, say('Stopping; checkpoints are being written. Press Ctrl-C again to end without them.'));
    this.#draw();
  }

  finished(runs: readonly RunSummary[]): void {
    this.#live.end();
    this.#live.print(comparison(runs));
    const left = runs.filter(({ status }) => resumable.includes(status));
    for (const { id } of left)
      note(
        this.#io,
        say('To go on where run {id} stopped: {command}', {
          id,
          command: `${this.#io.invocation} resume ${id}`,
        }),
      );
  }

  #line(run: number, text: string): void {
    this.#live.print(`${this.#shown.get(run)?.prefix ?? ''}${text}`);
  }

  #draw(): void {
    // The line appears only after the first losses, because TensorFlow writes to the terminal while it is
    // loaded.
    const begun = [...this.#shown.values()].some(({ pace }) => pace.loss !== undefined);
    const parts = begun ? [...this.#going].map((each) => this.#describe(each)) : [];
    if (this.#stopping && parts.length > 0) parts.unshift(this.#io.colors.yellow(say('stopping')));
    this.#live.update(parts.join(this.#io.colors.dim('  │  ')));
  }

  #describe({ label, pace, epochs, accuracy }: Shown): string {
    const { loss, imagesPerSecond, secondsLeft } = pace;
    if (loss === undefined) return `${this.#io.colors.cyan(label)} ${say('waiting')}`;
    return [
      `${this.#io.colors.cyan(label)} ${Math.min(pace.epoch, epochs)}/${epochs}`,
      say('loss {loss}', { loss: loss.toFixed(3) }),
      accuracy,
      say('{count} images/s', { count: count(imagesPerSecond) }),
      secondsLeft === undefined ? '' : say('{time} left', { time: duration(secondsLeft) }),
    ]
      .filter(Boolean)
      .join('  ');
  }
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
