/**
 * The runs of the history that have been fetched, newest first and kept up to date by events, and the actions on them.
 */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunStatus, RunSummary } from '../../../shared/runs/runs.ts';
import { withLearningRateTimes } from '../../../shared/training/troubles.ts';

export type RunAction = 'pause' | 'resume' | 'stop';

const underWay: readonly RunStatus[] = ['queued', 'running', 'paused'];
const pageSize = 100;
const sameStartMs = 500;

/** Returns whether a worker trains or holds the run, or soon will. */
export function isUnderWay(run: RunSummary): boolean {
  return underWay.includes(run.status);
}

/**
 * Returns the newest run and those that were started by the same call: at the same moment, but for the time that the
 * call takes.
 */
function latestStart([newest, ...others]: readonly RunSummary[]): readonly RunSummary[] {
  if (!newest) return [];
  const made = Date.parse(newest.createdAt);
  return [newest, ...others.filter((run) => made - Date.parse(run.createdAt) < sameStartMs)];
}

export class RunsState {
  list = $state.raw<readonly RunSummary[]>([]);
  total = $state.raw(0);
  /** False until the first page has been loaded. */
  loaded = $state.raw(false);
  /** The reason why the list could not be loaded. */
  problem = $state.raw<ProblemRecord | null>(null);
  /**
   * Runs that were in progress since the latest start in this window: they stay on the Train screen when they have
   * ended.
   */
  #shown = $state.raw<ReadonlySet<number>>(new Set());
  /** Runs that had ended by the latest start. They can be shown beside those in progress. */
  #before = $state.raw<ReadonlySet<number>>(new Set());
  showEarlier = $state(false);
  /** Runs with a pending action, and the reason why the last one failed. */
  readonly busy = new SvelteSet<number>();
  readonly problems = new SvelteMap<number, ProblemRecord>();

  readonly underWay: readonly RunSummary[] = $derived(this.list.filter(isUnderWay));
  /**
   * The runs on the Train screen: those in progress now or since the latest start, or else the latest start's. Oldest
   * first.
   */
  readonly watched: readonly RunSummary[] = $derived.by(() => {
    const shown = this.list.filter(
      (run) => isUnderWay(run) || this.#shown.has(run.id) || (this.showEarlier && this.#before.has(run.id)),
    );
    return (shown.length > 0 ? shown : latestStart(this.list)).toReversed();
  });
  /** Runs that the latest start has removed from the Train screen. */
  readonly earlier: readonly RunSummary[] = $derived(
    this.list.filter((run) => this.#before.has(run.id) && !this.#shown.has(run.id)),
  );

  readonly #lab: LabClient;

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('run.changed', (run) => this.#put(run));
    lab.on('runs.removed', ({ runs }) => {
      const gone = new Set(runs);
      const left = this.list.filter(({ id }) => !gone.has(id));
      this.total -= this.list.length - left.length;
      this.list = left;
    });
  }

  find(id: number): RunSummary | undefined {
    return this.list.find((run) => run.id === id);
  }

  /** Loads the newest runs, at least as many as are known already. */
  async load(): Promise<void> {
    await this.#page(0, Math.min(1000, Math.max(pageSize, this.list.length)));
  }

  async loadMore(): Promise<void> {
    await this.#page(this.list.length, pageSize);
  }

  async #page(offset: number, limit: number): Promise<void> {
    try {
      const { runs, total } = await this.#lab.call('runs.list', { offset, limit });
      this.#merge(runs);
      this.total = total;
      this.loaded = true;
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Throws the lab's error. */
  async start(request: CallInput<'runs.start'>): Promise<readonly RunSummary[]> {
    const onScreen = this.watched;
    const runs = await this.#lab.call('runs.start', request);
    this.#makeRoom(onScreen, runs);
    for (const run of runs) this.#put(run);
    return runs;
  }

  /** Runs that have ended make room for those that start. */
  #makeRoom(onScreen: readonly RunSummary[], starting: readonly RunSummary[]): void {
    const ended = onScreen.flatMap(({ id }) => {
      const run = this.find(id);
      return run && !isUnderWay(run) ? [id] : [];
    });
    this.#before = new Set(ended);
    const started = starting.map(({ id }) => id);
    this.#shown = new Set([...this.#shown, ...started].filter((id) => !this.#before.has(id)));
    this.showEarlier = false;
  }

  /** Stops the run if it is in progress, and starts it again with its learning rate times `factor`. Never throws. */
  async startAgain(run: RunSummary, factor: number): Promise<void> {
    if (this.busy.has(run.id)) return;
    this.busy.add(run.id);
    this.problems.delete(run.id);
    const { id, name, network, dataset, tags, origin } = run;
    const settings = withLearningRateTimes(run.settings, factor);
    try {
      if (isUnderWay(this.find(id) ?? run)) this.#put(await this.#lab.call('runs.stop', { run: id }));
      const keptNetwork = origin ? { keptNetwork: origin.network } : {};
      await this.start({ runs: [{ name, network, settings, dataset, tags: [...tags], ...keptNetwork }] });
      // The failed run and the new attempt belong side by side.
      this.showEarlier = true;
    } catch (error) {
      this.problems.set(id, toProblemRecord(error));
    } finally {
      this.busy.delete(id);
    }
  }

  /** Never throws: an error is stored in `problems`, to be shown beside the run. */
  async act(action: RunAction, id: number): Promise<void> {
    await this.#steer(id, () => this.#lab.call(`runs.${action}`, { run: id }));
  }

  /** Sets or clears the wish that the run stop at the end of its epoch. */
  async finishEpoch(id: number, wanted: boolean): Promise<void> {
    await this.#steer(id, () => this.#lab.call('runs.finishEpoch', { run: id, wanted }));
  }

  async setLearningRate(id: number, learningRate: number): Promise<void> {
    await this.#steer(id, () => this.#lab.call('runs.setLearningRate', { run: id, learningRate }));
  }

  async #steer(id: number, work: () => Promise<RunSummary>): Promise<void> {
    if (this.busy.has(id)) return;
    this.busy.add(id);
    this.problems.delete(id);
    try {
      this.#put(await work());
    } catch (error) {
      this.problems.set(id, toProblemRecord(error));
    } finally {
      this.busy.delete(id);
    }
  }

  #put(run: RunSummary): void {
    if (!this.find(run.id)) this.total++;
    this.#merge([run]);
  }

  #merge(runs: readonly RunSummary[]): void {
    const byId = new Map(this.list.map((run) => [run.id, run]));
    for (const run of runs) byId.set(run.id, run);
    // A sweep may have hundreds of runs, and has a page of its own for those that have ended.
    const atWork = runs.filter((run) => isUnderWay(run) && !run.sweep && !this.#shown.has(run.id));
    if (atWork.length > 0) this.#shown = new Set([...this.#shown, ...atWork.map(({ id }) => id)]);
    this.list = [...byId.values()].sort((a, b) => b.id - a.id);
  }
}
