/**
 * The lab: everything that Stride does, behind the calls and events of `shared/api/api.ts`. It does not
 * depend on a transport or a window; a host creates one lab, passes messages to it, and closes it at the end.
 */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type {
  EventMessage,
  CallReply,
  CallMessage,
  EventName,
  EventPayload,
  LabClient,
  ServerMessage,
} from '../../shared/api/api.ts';
import type { Dataset } from '../../shared/datasets/dataset.ts';
import { Problem, type ProblemRecord } from '../../shared/base/problem.ts';
import { epochStates } from '../checkpoints/epochStates.ts';
import { type CheckpointFiles, checkpointFiles } from '../checkpoints/files.ts';
import { DatasetLibrary } from '../datasets/library.ts';
import { type Memory, readMemory } from '../engine/native/memory.ts';
import { resolveHome } from '../history/home.ts';
import { type History, openHistory } from '../history/open.ts';
import { type Handlers, createDispatcher } from './dispatch.ts';
import { Events } from './base/events.ts';
import { appCalls } from './calls/app.ts';
import { augmentationCalls } from './calls/augmentation.ts';
import { compareCalls } from './calls/compare.ts';
import { comparisonCalls } from './calls/comparisons.ts';
import { datasetCalls } from './calls/datasets.ts';
import { drawingCalls } from './calls/drawings.ts';
import { inspectCalls } from './calls/inspect.ts';
import { modelCalls } from './calls/models.ts';
import { networkCalls } from './calls/networks.ts';
import { preferenceCalls } from './calls/preferences.ts';
import { presetCalls } from './calls/presets.ts';
import { queueCalls } from './calls/queue.ts';
import { recoveryCalls } from './calls/recovery.ts';
import { runCalls } from './calls/runs.ts';
import { sweepCalls } from './calls/sweeps.ts';
import { testSetCalls } from './calls/testSet.ts';
import { trainingCalls } from './calls/training.ts';
import { LabDatasets } from './datasets/datasets.ts';
import { PastStates } from './runs/pastStates.ts';
import { LabEstimates } from './inspect/estimates.ts';
import { LabInspection } from './inspect/inspection.ts';
import { LabPredictions } from './inspect/predictions.ts';
import { LabTestSetWork } from './inspect/testSetWork.ts';
import { LabEvaluations } from './models/evaluations.ts';
import { LabExports } from './models/exports.ts';
import { LabImports } from './models/imports.ts';
import { NetworkBook } from './networks/networkBook.ts';
import { Recovery } from './runs/recovery.ts';
import { OtherProcesses } from './otherProcesses.ts';
import { RunBook } from './runs/runBook.ts';
import { RunOrganiser } from './runs/runOrganiser.ts';
import { LabRuns } from './runs/runs.ts';
import { SweepBook } from './sweeps/sweepBook.ts';
import { TestedLogits } from './runs/testedLogits.ts';
import { LabSweeps } from './sweeps/sweeps.ts';
import { findTrainingProblem } from './runs/trainingProblem.ts';
import { type StartLine, inProcess } from './threads/inspectionThread.ts';

export interface LabOptions {
  /** Folder of history and checkpoints; STRIDE_HOME or the platform's folder by default. */
  readonly home?: string;
  readonly host: CallReply<'app.info'>['host'];
  /** Path of the built `engine/worker.ts`. */
  readonly workerPath: string | URL;
  /** Path of the built `datasets/import/importThread.ts`. */
  readonly importerPath: string | URL;
}

/** Replacements for parts of the machine, used by tests and by hosts that know better. */
export interface LabParts {
  readonly cores?: number;
  readonly openDataset?: (id: string) => Promise<Dataset>;
  readonly findTrainingProblem?: () => ProblemRecord | null;
  readonly readMemory?: () => Memory;
  /** Returns a replacement for the checkpoint files, given the real ones. */
  readonly files?: (real: CheckpointFiles) => CheckpointFiles;
  /** Starts the process of estimates; a process of Node by default. */
  readonly startProcess?: (path: string | URL) => StartLine;
  /** Milliseconds that a worker may take to stop. */
  readonly patience?: number;
  /** Milliseconds after which an unused inspection thread ends. */
  readonly idle?: number;
}

export interface Lab extends LabClient {
  /** Handles a transport's message. Never rejects: the answer is a reply or a problem. */
  dispatch(message: CallMessage): Promise<ServerMessage>;
  /** Subscribes to all events, as messages. Returns the function that unsubscribes. */
  subscribe(listener: (event: EventMessage) => void): () => void;
  /** Returns whether this process trains the run. */
  trains(run: number): boolean;
  /**
   * Why history is read-only and nothing can be trained or changed, such as a full disk or one that cannot be
   * written; otherwise null.
   */
  readonly lookOnly: ProblemRecord | null;
  /** Stops all active runs, each with a checkpoint from which it can be resumed, and closes history. */
  close(): Promise<void>;
}

/**
 * Default time for a worker to stop: loading TensorFlow from a slow disk takes a few seconds, and a worker
 * that is loading cannot stop.
 */
const patience = 15_000;
/**
 * Default time before an unused inspection thread ends, because it keeps TensorFlow and a graph in memory,
 * some 150 MB.
 */
const idle = 60_000;

/** Throws a `Problem` if history cannot be opened. */
export async function createLab(options: LabOptions, parts: LabParts = {}): Promise<Lab> {
  const home = options.home === undefined ? resolveHome() : resolve(options.home);
  const history = openHistory(home);
  const { workerPath, importerPath } = options;
  const services = createServices({ home, history, workerPath, importerPath }, parts);
  const { book, sweepBook, networkBook, organiser, events } = services;
  const dispatcher = createDispatcher(handlersOf(services, options.host));
  try {
    book.recover();
    sweepBook.recover();
    if (history.lookOnly) history.seal();
    else networkBook.purge();
  } catch (error) {
    history.close();
    throw error;
  }
  const purge = history.lookOnly ? null : organiser.purgeOld();
  const others = new OtherProcesses(book, sweepBook);
  const close = async () => {
    others.close();
    try {
      await purge?.stop();
      await closeServices(services);
    } finally {
      history.close();
    }
  };

  let closing: Promise<void> | null = null;
  return {
    trains: (run) => book.trains(run),
    lookOnly: history.lookOnly?.toRecord() ?? null,
    call: async (name, request) => {
      if (closing) throw closed();
      return dispatcher.call(name, request);
    },
    dispatch: async (message) => {
      if (closing) return { kind: 'problem', id: message.id, problem: closed().toRecord() };
      return dispatcher.dispatch(message);
    },
    on: <E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void) =>
      events.on(name, listener),
    subscribe: (listener) => events.subscribe(listener),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

interface LabPlace {
  readonly home: string;
  readonly history: History;
  readonly workerPath: string | URL;
  readonly importerPath: string | URL;
}

type Services = ReturnType<typeof createServices>;

/** Creates the parts of the lab that answer calls. */
function createServices({ home, history, workerPath, importerPath }: LabPlace, parts: LabParts) {
  const lookOnly = history.lookOnly?.toRecord() ?? null;
  const events = new Events();
  const book = new RunBook(history, events);
  const library = new DatasetLibrary(home, history.owner, parts.openDataset);
  const common = {
    events,
    workerPath,
    startProcess: parts.startProcess ?? inProcess,
    cores: parts.cores ?? availableParallelism(),
    openDataset: (id: string) => library.open(id),
    readMemory: parts.readMemory ?? (() => readMemory()),
    patience: parts.patience ?? patience,
    idle: parts.idle ?? idle,
  };
  const known = (run: number) => history.runs.known(run);
  const realFiles = checkpointFiles(home, known);
  const files = parts.files?.(realFiles) ?? realFiles;
  const states = new PastStates(
    book,
    epochStates((run) => files.folder(run), known),
  );
  const findProblem = () => lookOnly ?? (parts.findTrainingProblem ?? findTrainingProblem)();
  const tested = new TestedLogits();
  const ofRuns = { ...common, book, files, states, tested, findTrainingProblem: findProblem };
  const runs = new LabRuns(ofRuns);
  const inspection = new LabInspection(ofRuns);
  const sweepBook = new SweepBook(history, events);
  return {
    ...{ home, history, events, book, library, states, ofRuns, runs, sweepBook },
    datasets: new LabDatasets({ library, history, events, importerPath }),
    organiser: new RunOrganiser(ofRuns),
    inspection,
    testSetWork: new LabTestSetWork({ ...ofRuns, inspection }),
    predictions: new LabPredictions(ofRuns),
    networkBook: new NetworkBook(history, events),
    estimates: new LabEstimates({ ...ofRuns, history, runs }),
    sweeps: new LabSweeps({ ...common, book: sweepBook, runBook: book, runs }),
  };
}

function handlersOf(services: Services, host: LabOptions['host']): Handlers {
  const { home, history, events, book, ofRuns, runs, organiser, estimates } = services;
  const { openDataset, files, findTrainingProblem } = ofRuns;
  return {
    ...appCalls({ host, home, runs, findTrainingProblem }),
    ...presetCalls,
    ...datasetCalls(services.library, services.datasets),
    ...preferenceCalls(history, events),
    ...networkCalls(services.networkBook),
    ...runCalls({ book, runs, organiser }),
    ...queueCalls(runs),
    ...trainingCalls(estimates),
    ...augmentationCalls(estimates),
    ...recoveryCalls(new Recovery({ home, book, files })),
    ...compareCalls(book, services.predictions, () => runs.atWork),
    ...comparisonCalls(book),
    ...sweepCalls(services.sweepBook, book, services.sweeps),
    ...inspectCalls(services.inspection, services.states, services.predictions),
    ...testSetCalls(services.testSetWork),
    ...drawingCalls(history, openDataset),
    ...modelCalls({
      exports: new LabExports(ofRuns),
      imports: new LabImports(ofRuns),
      evaluations: new LabEvaluations(ofRuns),
    }),
  };
}

/** Ends all work, each run with a checkpoint, and the threads. */
async function closeServices(services: Services): Promise<void> {
  const { datasets, sweeps, runs, testSetWork, inspection, predictions, estimates } = services;
  await datasets.close();
  sweeps.stopBeginning();
  await runs.close();
  await sweeps.close();
  await testSetWork.close();
  await inspection.close();
  await predictions.close();
  await estimates.close();
}

function closed(): Problem {
  return new Problem('lab.closed', 'Stride is closing; start it again');
}
