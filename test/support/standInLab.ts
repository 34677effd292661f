/**
 * A lab without an engine and without a history, for what stands around one. Calls are answered by functions that a test
 * gives; events are what a test emits.
 */
import type { Lab } from '../../src/main/lab/lab.ts';
import type { EventMessage } from '../../src/shared/api/api.ts';
import type {
  CallMessage,
  CallName,
  CallReply,
  CallRequest,
  EventName,
  EventPayload,
  ServerMessage,
} from '../../src/shared/api/api.ts';
import { presets } from '../../src/shared/network/presets.ts';
import { sampleRun } from './fakeLab.ts';
import { Problem, toProblemRecord } from '../../src/shared/base/problem.ts';
import type { RunSummary } from '../../src/shared/runs/runs.ts';
import { summarize } from '../../src/shared/network/shapes.ts';

export type Answers = { [C in CallName]?: (request: CallRequest<C>) => CallReply<C> | Promise<CallReply<C>> };

/** What a lab says of itself, with its folder. */
export function appInfo(home: string): CallReply<'app.info'> {
  return {
    ...{ version: '0.1.0', host: 'browser', home, trainingProblem: null },
    machine: { platform: 'linux', arch: 'x64', cpu: 'a cpu', cores: 2, memoryBytes: 2 ** 34 },
    versions: { stride: '0.1.0', node: '24.21.0', tensorflow: '2.21.0' },
  };
}

export class StandInLab implements Lab {
  readonly lookOnly = null;

  trains(): boolean {
    return true;
  }
  readonly answers: Answers;
  readonly asked: { name: string; request: unknown }[] = [];
  closed = 0;
  readonly #listeners = new Set<(event: EventMessage) => void>();

  constructor(answers: Answers = {}) {
    this.answers = answers;
  }

  async call<C extends CallName>(name: C, request: unknown): Promise<CallReply<C>> {
    this.asked.push({ name, request });
    const answer = this.answers[name];
    if (!answer) throw new Problem('call.unknown', `the stand-in does not know "${name}"`);
    return answer(request as CallRequest<C>);
  }

  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void {
    return this.subscribe((event) => {
      if (event.name === name) listener(event.payload as EventPayload<E>);
    });
  }

  async dispatch({ id, name, request }: CallMessage): Promise<ServerMessage> {
    try {
      return { kind: 'reply', id, reply: await this.call(name as CallName, request) };
    } catch (error) {
      return { kind: 'problem', id, problem: toProblemRecord(error) };
    }
  }

  subscribe(listener: (event: EventMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit<E extends EventName>(name: E, payload: EventPayload<E>): void {
    for (const listener of [...this.#listeners]) listener({ kind: 'event', name, payload });
  }

  async close(): Promise<void> {
    this.closed += 1;
  }
}

/** A run of the course net, just queued, with what the test says otherwise. */
export function runSummary(changes: Partial<RunSummary> = {}): RunSummary {
  return sampleRun({
    status: 'queued',
    createdAt: '2026-01-02T03:04:05.000Z',
    startedAt: null,
    parameterCount: summarize(changes.network ?? presets[0]!.network).parameterCount,
    ...changes,
  });
}
