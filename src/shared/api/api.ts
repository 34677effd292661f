/**
 * The contract between a window (or a terminal) and the lab: every call with its request and reply, every event with
 * its payload. `lab/` implements it and transports carry it without interpreting it; payloads are checked against these
 * schemas where they enter, in one place (`lab/dispatch.ts`). A call is declared in the file of its prefix in `calls`,
 * and handled in the file of the same name in `lab/calls`.
 *
 * Bulk numbers travel as Float32Array: structured clone carries it in Electron, MessagePack over the WebSocket.
 */
import type { z } from 'zod';
import { appCalls } from './calls/app.ts';
import { augmentationCalls } from './calls/augmentation.ts';
import { compareCalls } from './calls/compare.ts';
import { comparisonCalls } from './calls/comparisons.ts';
import { datasetCalls, datasetEvents } from './calls/datasets.ts';
import { drawingCalls } from './calls/drawings.ts';
import { inspectCalls } from './calls/inspect.ts';
import { modelCalls } from './calls/models.ts';
import { networkCalls, networkEvents } from './calls/networks.ts';
import { preferenceCalls, preferenceEvents } from './calls/preferences.ts';
import { presetCalls } from './calls/presets.ts';
import { queueCalls, queueEvents } from './calls/queue.ts';
import { recoveryCalls } from './calls/recovery.ts';
import { runCalls, runEvents } from './calls/runs.ts';
import { sweepCalls, sweepEvents } from './calls/sweeps.ts';
import { testSetCalls, testSetEvents } from './calls/testSet.ts';
import { trainingCalls } from './calls/training.ts';
import type { problemRecordSchema } from '../runs/runs.ts';

export const calls = {
  ...appCalls,
  ...presetCalls,
  ...datasetCalls,
  ...preferenceCalls,
  ...networkCalls,
  ...runCalls,
  ...queueCalls,
  ...trainingCalls,
  ...augmentationCalls,
  ...recoveryCalls,
  ...compareCalls,
  ...comparisonCalls,
  ...sweepCalls,
  ...inspectCalls,
  ...testSetCalls,
  ...drawingCalls,
  ...modelCalls,
} as const;

export const events = {
  ...preferenceEvents,
  ...runEvents,
  ...queueEvents,
  ...sweepEvents,
  ...networkEvents,
  ...testSetEvents,
  ...datasetEvents,
} as const;

export type CallName = keyof typeof calls;
/** The request as a caller writes it: fields with defaults are optional. */
export type CallInput<C extends CallName> = z.input<(typeof calls)[C]['request']>;
export type CallRequest<C extends CallName> = z.output<(typeof calls)[C]['request']>;
export type CallReply<C extends CallName> = z.output<(typeof calls)[C]['reply']>;

export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

/** The lab as its callers see it, in the same process or behind a transport. */
export interface LabClient {
  call<C extends CallName>(name: C, request: CallInput<C>): Promise<CallReply<C>>;
  /** Returns the function that unsubscribes. */
  on<E extends EventName>(name: E, listener: (payload: EventPayload<E>) => void): () => void;
}

/** The messages that transports carry. */
export type CallMessage = {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly request: unknown;
};
/** The seconds that the page has taken, since it was opened, to handle events and to draw what they changed. */
export type DrawnMessage = { readonly kind: 'drawn'; readonly seconds: number };
export type ClientMessage = CallMessage | DrawnMessage;
export type ServerMessage =
  | { readonly kind: 'reply'; readonly id: number; readonly reply: unknown }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: z.infer<typeof problemRecordSchema> }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
  // Several events in their order; a window handles them together, so that it renders once.
  | {
      readonly kind: 'events';
      readonly events: readonly { readonly name: string; readonly payload: unknown }[];
    };
export type EventMessage = Extract<ServerMessage, { kind: 'event' }>;

/** A connection with two ends; the only interface of a transport. */
export interface Channel<Out, In> {
  send(message: Out): void;
  onMessage(listener: (message: In) => void): () => void;
  onClose(listener: () => void): () => void;
  close(): void;
}
