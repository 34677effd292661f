/** A lab that says what a test wants it to: replies by call, events on demand, and a record of what was asked. */
import type {
  CallInput,
  CallName,
  CallReply,
  EventName,
  EventPayload,
  LabClient,
} from '../../src/shared/api/api.ts';
import { findPreset } from '../../src/shared/network/presets.ts';
import type { EpochRecord, RunDetail, RunSummary } from '../../src/shared/runs/runs.ts';

type Answer<C extends CallName> = (request: CallInput<C>) => CallReply<C> | Promise<CallReply<C>>;

export class FakeLab implements LabClient {
  readonly asked: [CallName, unknown][] = [];
  readonly #answers = new Map<CallName, Answer<never>>();
  readonly #listeners = new Map<EventName, Set<(payload: never) => void>>();

  answer<C extends CallName>(name: C, answer: Answer<C>): this {
    this.#answers.set(name, answer);
    return this;
  }

  async call<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>> {
    this.asked.push([name, request]);
    const answer = this.#answers.get(name) as Answer<C> | undefined;
    if (!answer) throw new Error(`the test gave no answer to ${name}`);
    return answer(request);
  }

  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  emit<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(payload as never);
  }
}

/** A run of the course net, as it may lie in history. */
export function sampleRun(changes: Partial<RunSummary> = {}): RunSummary {
  const { network, settings } = findPreset('course')!;
  return {
    id: 1,
    name: 'course',
    network,
    settings,
    dataset: 'mnist',
    status: 'running',
    createdAt: '2026-03-01T08:00:00.000Z',
    startedAt: '2026-03-01T08:00:01.000Z',
    endedAt: null,
    parameterCount: 8490,
    stepsPerEpoch: 938,
    step: 0,
    epochsDone: 0,
    best: null,
    last: null,
    trainSeconds: 0,
    problem: null,
    tags: [],
    note: '',
    archived: false,
    deletedAt: null,
    ...changes,
  };
}

export function sampleEpoch(epoch: number, changes: Partial<EpochRecord> = {}): EpochRecord {
  return {
    epoch,
    trainLoss: 0.3,
    testLoss: 0.1,
    testCorrect: 9600 + epoch,
    testTotal: 10_000,
    confusion: Array.from({ length: 100 }, () => 0),
    trainSeconds: 1.5,
    testSeconds: 0.1,
    details: null,
    ...changes,
  };
}

export function sampleDetail(changes: Partial<RunDetail> = {}): RunDetail {
  return {
    ...sampleRun(),
    datasetHash: 'b2d8f5bf3917',
    shards: 2,
    versions: { stride: '0.1.0', node: '24.21.0', tensorflow: '2.21.0' },
    machine: { platform: 'linux', arch: 'x64', cpu: 'A processor', cores: 2, memoryBytes: 2 ** 34 },
    epochs: [],
    runningLosses: [],
    bestCheckpoint: null,
    ...changes,
  };
}
