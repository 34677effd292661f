/** Runs as the lab's callers handle them: started, paused, resumed, stopped, and all of them closed. */
import type { CallRequest } from '../../shared/api.ts';
import type { Dataset } from '../../shared/dataset.ts';
import type { Network } from '../../shared/network.ts';
import { Problem, type ProblemRecord } from '../../shared/problem.ts';
import type { RunSummary } from '../../shared/runs.ts';
import { requireTrainable } from '../../shared/shapes.ts';
import type { CheckpointFiles } from '../checkpoints/files.ts';
import type { TrainingOrder } from '../engine/messages.ts';
import type { Events } from './events.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { goOnFrom } from './resume.ts';
import type { RunBook } from './runBook.ts';
import { startRunWorker } from './runWorker.ts';
import { type Job, Scheduler } from './scheduler.ts';
import { isUnderWay } from './status.ts';
import { Training } from './training.ts';

export interface RunsOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly events: Events;
  readonly workerPath: string | URL;
  readonly cores: number;
  readonly openDataset: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem: () => ProblemRecord | null;
  /** How long a worker may take to stop, in milliseconds. */
  readonly patience: number;
}

type RunRequest = CallRequest<'runs.start'>['runs'][number];

export class LabRuns {
  readonly #options: RunsOptions;
  readonly #scheduler: Scheduler;
  #tensorflow = '';
  #closing = false;
  readonly #resuming = new Map<number, Promise<RunSummary>>();

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#scheduler = new Scheduler(options.cores);
  }

  /** Version of libtensorflow; empty until a worker has loaded it. */
  get tensorflow(): string {
    return this.#tensorflow;
  }

  /** All or none: what cannot be trained is refused before any run is made. */
  async start({ runs, together }: CallRequest<'runs.start'>): Promise<RunSummary[]> {
    this.#requireTraining();
    const { book, cores } = this.#options;
    const checked = await Promise.all(runs.map((run) => this.#check(run)));
    this.#requireOpen();
    // The cores are shared out among the runs that will be at work at the same time.
    const atOnce = Math.min(cores, this.#scheduler.width + (together ? runs.length : 1));
    const shards = Math.max(1, Math.floor(cores / atOnce));
    const made = book.history.transaction(() =>
      checked.map(({ request, dataset, parameterCount }) => {
        const { network, settings } = request;
        const run = book.history.runs.insert(
          {
            name: request.name ?? network.name,
            network,
            settings,
            dataset: dataset.summary.id,
            datasetHash: dataset.summary.hash,
            shards: Math.min(shards, settings.batchSize),
            parameterCount,
            stepsPerEpoch: Math.ceil(dataset.summary.trainCount / settings.batchSize),
            versions: describeVersions(this.#tensorflow),
            machine: describeMachine(cores),
          },
          book.history.owner,
        );
        const order = {
          network,
          settings,
          dataset,
          shards: Math.min(shards, settings.batchSize),
          from: null,
        };
        return { run, order };
      }),
    );
    for (const { run } of made) book.changed(run);
    const chain = together ? null : {};
    this.#scheduler.add(made.map(({ run, order }) => this.#job(run, order, chain)));
    return made.map(({ run }) => book.summary(run));
  }

  async pause(run: number): Promise<RunSummary> {
    const { book } = this.#options;
    // Where nothing is waited for, nothing is: who pauses and resumes in one breath is served in that order.
    if (this.#resuming.has(run)) await settled(this.#resuming.get(run));
    const training = this.#scheduler.get(run);
    const { status } = this.#own(run);
    if (!training || !isUnderWay(status)) {
      throw new Problem('run.not-running', `run ${run} is ${status}; only a running run can be paused`, {
        run,
        status,
      });
    }
    await training.pause();
    this.#scheduler.pump();
    return this.#unlessFailed(book.summary(run));
  }

  /** Who asks twice is answered twice, and the run resumed once. */
  resume(run: number): Promise<RunSummary> {
    const resuming = this.#resuming.get(run) ?? this.#resume(run).finally(() => this.#resuming.delete(run));
    this.#resuming.set(run, resuming);
    return resuming;
  }

  async #resume(run: number): Promise<RunSummary> {
    const { book, files, openDataset } = this.#options;
    const training = this.#scheduler.get(run);
    const before = this.#own(run);
    if (training && isUnderWay(before.status)) {
      await training.continue();
      return this.#unlessFailed(book.summary(run));
    }
    if (before.status === 'queued') return before;
    if (before.status === 'finished') {
      throw new Problem('run.finished', `run ${run} is finished; there is nothing left to resume`, { run });
    }
    this.#requireTraining();
    // Its worker has said its last word, but may not be gone, and a checkpoint may still be on its way to the disk.
    await training?.ended;
    const dataset = await openDataset(before.dataset);
    this.#requireOpen();
    const order = await goOnFrom(run, { book, files, dataset });
    if (order) this.#scheduler.add([this.#job(run, order, null)]);
    return book.summary(run);
  }

  async stop(run: number): Promise<RunSummary> {
    const { book } = this.#options;
    if (this.#resuming.has(run)) await settled(this.#resuming.get(run));
    const before = this.#own(run);
    if (this.#scheduler.remove(run)) return book.setStatus(run, 'stopped');
    const training = this.#scheduler.get(run);
    if (!training || !isUnderWay(before.status)) return before;
    await training.stop('stopped');
    return this.#unlessFailed(book.summary(run));
  }

  /** So that history has all that listeners have been told. */
  flush(run: number): void {
    const training = this.#scheduler.get(run);
    if (training && isUnderWay(this.#options.book.summary(run).status)) training.flush();
  }

  /** Ends everything; each run keeps a checkpoint to be resumed from. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all([...this.#resuming.values()].map(settled));
    for (const run of this.#scheduler.clear()) this.#options.book.setStatus(run, 'interrupted');
    const active = this.#scheduler.active;
    await Promise.all(active.map((training) => training.stop('interrupted')));
    await Promise.all(active.map(({ ended }) => within(ended, this.#options.patience)));
  }

  #job(run: number, order: TrainingOrder, chain: object | null): Job {
    const { book, files, events, workerPath, cores, patience } = this.#options;
    return {
      run,
      chain,
      start: () => {
        const training = new Training({
          run,
          order,
          book,
          files,
          events,
          patience,
          startWorker: (order, listener) => startRunWorker(workerPath, order, cores, listener),
          onTensorflow: (version) => (this.#tensorflow = version),
        });
        training.start();
        return training;
      },
    };
  }

  async #check(
    request: RunRequest,
  ): Promise<{ request: RunRequest; dataset: Dataset; parameterCount: number }> {
    const dataset = await this.#options.openDataset(request.dataset);
    requireInput(request.network, dataset);
    const { parameterCount } = requireTrainable(request.network, dataset.summary.classes.length);
    return { request, dataset, parameterCount };
  }

  /** Between a call's start and its end the lab may have begun to close. */
  #requireOpen(): void {
    if (this.#closing) throw new Problem('lab.closed', 'Stride is closing; start it again');
  }

  #requireTraining(): void {
    const problem = this.#options.findTrainingProblem();
    if (problem) throw Problem.fromRecord(problem);
  }

  /** The run as it is; a `Problem` where another process trains it. */
  #own(run: number): RunSummary {
    const { book } = this.#options;
    book.recover();
    const summary = book.summary(run);
    if (isUnderWay(summary.status) && book.history.runs.ownerOf(run) !== book.history.owner) {
      throw new Problem(
        'run.elsewhere',
        `run ${run} is being trained by another Stride on this machine; pause, resume or stop it there`,
        { run },
      );
    }
    return summary;
  }

  /** What was asked of a run did not come about, because it failed over it. */
  #unlessFailed(summary: RunSummary): RunSummary {
    if (summary.status === 'failed' && summary.problem) throw Problem.fromRecord(summary.problem);
    return summary;
  }
}

function requireInput(network: Network, { summary }: Dataset): void {
  const { height, width, channels } = network.input;
  if (height === summary.height && width === summary.width && channels === summary.channels) return;
  throw new Problem(
    'network.input-size',
    `"${network.name}" takes images of ${height}×${width}×${channels}, but those of ${summary.name} are ` +
      `${summary.height}×${summary.width}×${summary.channels} (height × width × channels); change the network's input`,
    { height, width, channels, dataset: summary.name },
  );
}

/** Waits for something whose outcome is another caller's concern. */
async function settled(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => undefined);
}

/** Waits, but not for ever: a thread deep in native code may not come back. */
async function within(wait: Promise<void>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([wait, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
