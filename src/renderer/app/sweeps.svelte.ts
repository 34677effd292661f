/** The history's sweeps, newest first and kept up to date by events, and the actions on them. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { CallInput, LabClient } from '../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../shared/base/problem.ts';
import type { SweepDetail, SweepSummary } from '../../shared/sweeps/sweeps.ts';

export type SweepAction = 'pause' | 'resume' | 'cancel';

/** Milliseconds between two fetches of the results of a sweep whose runs end one after another. */
const lookInterval = 400;
const pageSize = 200;

export class SweepsState {
  list = $state.raw<readonly SweepSummary[]>([]);
  loaded = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  /** Sweeps with a pending action, and the reason why the last one failed. */
  readonly busy = new SvelteSet<number>();
  readonly problems = new SvelteMap<number, ProblemRecord>();
  readonly underWay: readonly SweepSummary[] = $derived(
    this.list.filter(({ status }) => status === 'running' || status === 'paused'),
  );
  readonly #lab: LabClient;
  /** The sweep whose page is open. */
  #open: OpenSweep | null = null;

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('sweep.changed', (sweep) => {
      this.#put(sweep);
      if (this.#open?.id === sweep.id) this.#open.look();
    });
  }

  async load(): Promise<void> {
    try {
      const { sweeps } = await this.#lab.call('sweeps.list', { limit: pageSize });
      this.list = sweeps;
      this.loaded = true;
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
    this.#open?.look();
  }

  find(id: number): SweepSummary | undefined {
    return this.list.find((sweep) => sweep.id === id);
  }

  /** Starts the sweeps one after another; throws the lab's error for one of them. */
  async start(
    sweeps: readonly CallInput<'sweeps.start'>['sweep'][],
    workers: number | undefined,
  ): Promise<readonly SweepSummary[]> {
    const started: SweepSummary[] = [];
    for (const sweep of sweeps) {
      const request = workers === undefined ? { sweep } : { sweep, workers };
      const summary = await this.#lab.call('sweeps.start', request);
      this.#put(summary);
      started.push(summary);
    }
    return started;
  }

  /** Never throws: an error is stored in `problems`. */
  async act(action: SweepAction, id: number): Promise<void> {
    if (this.busy.has(id)) return;
    this.busy.add(id);
    this.problems.delete(id);
    try {
      this.#put(await this.#lab.call(`sweeps.${action}`, { sweep: id }));
    } catch (error) {
      this.problems.set(id, toProblemRecord(error));
    } finally {
      this.busy.delete(id);
    }
  }

  /** Opens the page of a sweep; its results follow the events until `close`. */
  open(id: number): OpenSweep {
    const open = new OpenSweep(this.#lab, id, (sweep) => {
      this.#put(sweep);
    });
    this.#open = open;
    open.look();
    return open;
  }

  #put(sweep: SweepSummary): void {
    const byId = new Map(this.list.map((each) => [each.id, each]));
    byId.set(sweep.id, sweep);
    this.list = [...byId.values()].sort((a, b) => b.id - a.id);
  }
}

/** The results of one sweep. */
export class OpenSweep {
  readonly id: number;
  detail = $state.raw<SweepDetail | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  readonly #lab: LabClient;
  readonly #found: (sweep: SweepSummary) => void;
  #looking = false;
  #again = false;

  constructor(lab: LabClient, id: number, found: (sweep: SweepSummary) => void) {
    this.#lab = lab;
    this.id = id;
    this.#found = found;
  }

  /** Fetches the results now, or once more after a fetch that is in progress. */
  look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    void this.#look().finally(() => {
      setTimeout(() => {
        this.#looking = false;
        if (!this.#again) return;
        this.#again = false;
        this.look();
      }, lookInterval);
    });
  }

  async #look(): Promise<void> {
    try {
      const detail = await this.#lab.call('sweeps.get', { sweep: this.id });
      this.detail = detail;
      this.problem = null;
      const { definition: _definition, results: _results, ...summary } = detail;
      this.#found(summary);
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }
}
