/**
 * The runs whose curves are displayed. Losses go into plain arrays (series.ts), which the charts read; only the few
 * numbers that are shown as text are reactive. Events that leave a gap (a dropped connection, a run opened in its
 * middle) cause the missing losses to be fetched, so that the order in which replies and events arrive does not matter.
 */
import type { EventPayload, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunEvent } from '../../../shared/runs/runEvents.ts';
import {
  type EpochRecord,
  type RunDetail,
  type RunSummary,
  type RunningLoss,
  resumable,
} from '../../../shared/runs/runs.ts';
import { RunSeries } from '../../plot/data/series.ts';
import { Countdown, type TimeLeft } from './timeLeft.ts';

/** Milliseconds without losses after which a run that makes progress is taken to be trained by another process. */
const silence = 2000;
/** Largest number of runs kept, the least recently viewed leaving first; a run of 10 epochs takes about 200 kB. */
const capacity = 24;

export class LiveRun {
  readonly id: number;
  readonly series = new RunSeries();
  detail = $state.raw<RunDetail | null>(null);
  epochs = $state.raw<readonly EpochRecord[]>([]);
  /** The script's printed lines, for the table. */
  runningLosses = $state.raw<readonly RunningLoss[]>([]);
  /** The run's events, in order: the marks on its charts, and its log. */
  events = $state.raw<readonly RunEvent[]>([]);
  /** Number of steps whose loss is known, and the running loss at the last of them. */
  steps = $state.raw(0);
  runningLoss = $state.raw<number | null>(null);
  /** Null until the first message from the worker. */
  imagesPerSecond = $state.raw<number | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  /** Estimated time left while the run trains; null until it is known. */
  timeLeft = $state.raw<TimeLeft | null>(null);
  readonly #lab: LabClient;
  #status: RunSummary['status'] | null = null;
  #loading = false;
  #filling = false;
  /** Time at which losses were last pushed by the lab. */
  #heard = -Infinity;
  readonly #countdown = new Countdown();
  /** Seconds of training up to the last losses received; null if the ones before them are unknown. */
  #clock: number | null = null;
  #counted = 0;

  constructor(lab: LabClient, id: number) {
    this.#lab = lab;
    this.id = id;
  }

  async load(): Promise<void> {
    this.#loading = true;
    try {
      const [detail, events] = await Promise.all([
        this.#lab.call('runs.get', { run: this.id }),
        this.#lab.call('runs.events', { run: this.id }),
      ]);
      this.events = events;
      this.detail = detail;
      this.#status = detail.status;
      for (const record of detail.epochs) this.series.putEpoch(record);
      for (const each of detail.runningLosses) this.series.putRunningLoss(each);
      await this.#fill();
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    } finally {
      this.#loading = false;
    }
    this.#refresh();
  }

  putLosses({ from, losses, imagesPerSecond, seconds }: EventPayload<'run.batchLosses'>): void {
    this.#heard = performance.now();
    this.imagesPerSecond = imagesPerSecond;
    if (this.#clock !== null) this.#countdown.took(losses.length, seconds - this.#clock);
    this.#clock = seconds;
    if (this.series.put(from, losses)) {
      this.series.putClock([{ step: from + losses.length, seconds }]);
      this.#refresh();
    } else {
      void this.#fill().catch((error: unknown) => (this.problem = toProblemRecord(error)));
    }
  }

  putRunningLoss(each: RunningLoss): void {
    this.series.putRunningLoss(each);
    this.#refresh();
  }

  putEvent(event: RunEvent): void {
    // A change of the learning rate removes those of later steps; resuming removes the events of retrained epochs.
    const undone = ({ seq, kind, step, epoch }: RunEvent) =>
      seq === event.seq ||
      (event.kind === 'learningRate' && kind === 'learningRate' && step > event.step) ||
      (event.kind === 'resumed' && (kind === 'epoch' || kind === 'best') && epoch >= event.epoch);
    this.events = [...this.events.filter((each) => !undone(each)), event];
  }

  putEpoch(record: EpochRecord): void {
    this.series.putEpoch(record);
    this.#refresh();
  }

  /** A run that resumes from an earlier checkpoint drops what came after it; a finished one fetches its last losses. */
  putSummary(run: RunSummary): void {
    const goesOn =
      this.#status !== null && resumable.includes(this.#status) && !resumable.includes(run.status);
    this.#status = run.status;
    if (this.detail) this.detail = { ...this.detail, ...run };
    if (goesOn) this.series.cutTo(run.step, run.stepsPerEpoch);
    if (run.status !== 'running') {
      this.imagesPerSecond = null;
      this.timeLeft = null;
      this.#clock = null;
      this.#countdown.pause();
      if (this.series.length < run.step) void this.#fill().catch(() => undefined);
    }
    // Another process trains the run: its losses and epochs are in history, and no other event reports them. Or the run
    // was asked for before it was started.
    if (this.detail ? this.#silent(run) : this.problem && !this.#loading) void this.load();
    this.#refresh();
  }

  /** The run has made progress, and no losses have arrived here for a while. */
  #silent(run: RunSummary): boolean {
    if (this.#loading || this.#filling || performance.now() - this.#heard < silence) return false;
    return this.series.length < run.step || this.series.epochs.length < run.epochsDone;
  }

  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      const { from, losses, clock } = await this.#lab.call('runs.batchLosses', {
        run: this.id,
        from: this.series.length,
      });
      this.series.putClock(clock);
      this.series.put(from, losses);
      this.#refresh();
    } finally {
      this.#filling = false;
    }
  }

  /** The estimate changes once a second, so that it can be read. */
  #count(now = performance.now() / 1000): void {
    const { detail } = this;
    if (!detail || this.#status !== 'running' || now - this.#counted < 1) return;
    this.#counted = now;
    const { settings, stepsPerEpoch } = detail;
    const { epochs } = this.series;
    const recent = epochs.slice(-3).map(evaluationSeconds);
    const ahead = {
      steps: Math.max(0, settings.epochs * stepsPerEpoch - this.series.length),
      evaluations: Math.max(0, settings.epochs - epochs.length),
      evaluationSeconds:
        recent.length > 0 ? recent.reduce((sum, each) => sum + each, 0) / recent.length : null,
    };
    this.timeLeft = this.#countdown.left(ahead, stepsPerEpoch, now);
  }

  #refresh(): void {
    this.#count();
    const { length } = this.series;
    this.steps = length;
    this.runningLoss = length > 0 ? this.series.runningLoss(length - 1) : null;
    this.epochs = this.series.epochs;
    this.runningLosses = this.series.runningLosses;
  }
}

/** Returns the seconds that an epoch spends outside its steps. */
function evaluationSeconds({ testSeconds, details }: EpochRecord): number {
  return testSeconds + (details ? details.dataSeconds + details.measureSeconds : 0);
}

export class LiveRuns {
  readonly #lab: LabClient;
  readonly #open = new Map<number, LiveRun>();

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('run.batchLosses', (losses) => this.#open.get(losses.run)?.putLosses(losses));
    lab.on('run.runningLoss', ({ run, ...each }) => this.#open.get(run)?.putRunningLoss(each));
    lab.on('run.event', ({ run, event }) => this.#open.get(run)?.putEvent(event));
    lab.on('run.epoch', ({ run, ...record }) => this.#open.get(run)?.putEpoch(record));
    lab.on('run.changed', (run) => this.#open.get(run.id)?.putSummary(run));
  }

  /** Returns the run's curves, which are fetched at the first call. */
  open(id: number): LiveRun {
    const known = this.#open.get(id);
    const live = known ?? new LiveRun(this.#lab, id);
    this.#open.delete(id);
    this.#open.set(id, live);
    if (this.#open.size > capacity) this.#open.delete(this.#open.keys().next().value!);
    if (!known) void live.load();
    return live;
  }

  /** Fetches everything again after the connection was lost. */
  reload(): void {
    for (const live of this.#open.values()) void live.load();
  }
}
