/** Messages between an inspection thread and its owner: one union per direction, plain data. */
import type { Answers, Question, QuestionKind, TensorValues } from '../../../shared/inspect/inspection.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import type { AugmentationOrder, AugmentationPreview } from './augmentPreview.ts';
import type { InspectionOrder } from './openNet.ts';
import type { TestSetResult, TestSetOrder } from './testSetWork.ts';
import type { TestPredictions } from '../../../shared/compare/predictions.ts';
import type { Pace, PaceOrder } from './pace.ts';
import type { SpeedOrder, Speeds } from './speed.ts';
import type { ClassifyOrder } from './testPredictions.ts';
import type { LiteRtAnswer, LiteRtOrder } from '../serving/liteRt.ts';
import type { Probe, ProbeOrder, Score, ServedOrder } from './probe.ts';

/** `workerData` of a thread that inspects nets rather than training one; it waits for messages. */
export interface InspectionStart {
  readonly inspect: true;
}

/**
 * Each message with an `id` is answered by one `done` or `problem` with the same `id`, in order; `leave` ends the
 * thread.
 */
export type ToInspector =
  /** Opens a net under a number that the owner chooses; several may be open at a time. */
  | { readonly kind: 'open'; readonly id: number; readonly net: number; readonly order: InspectionOrder }
  /** Writes other parameters into an open net. */
  | {
      readonly kind: 'load';
      readonly id: number;
      readonly net: number;
      readonly tensors: readonly NamedTensor[];
    }
  | { readonly kind: 'ask'; readonly id: number; readonly net: number; readonly question: Question }
  /** Closes an open net and frees its memory. */
  | { readonly kind: 'shut'; readonly id: number; readonly net: number }
  /** These messages need no open net. `prepare` only loads the native library. */
  | { readonly kind: 'prepare'; readonly id: number }
  | { readonly kind: 'speed'; readonly id: number; readonly order: SpeedOrder }
  | { readonly kind: 'classify'; readonly id: number; readonly order: ClassifyOrder }
  | { readonly kind: 'probe'; readonly id: number; readonly order: ProbeOrder & { readonly count: number } }
  | { readonly kind: 'score'; readonly id: number; readonly order: ProbeOrder }
  | { readonly kind: 'served'; readonly id: number; readonly order: ServedOrder }
  | { readonly kind: 'liteRt'; readonly id: number; readonly order: LiteRtOrder }
  | { readonly kind: 'augment'; readonly id: number; readonly order: AugmentationOrder }
  | { readonly kind: 'pace'; readonly id: number; readonly order: PaceOrder }
  /** Works on the whole test set, with progress; it can be cancelled. */
  | { readonly kind: 'testSet'; readonly id: number; readonly order: TestSetOrder }
  /** Cancels work on the test set. It has no answer; the work is answered by a problem. */
  | { readonly kind: 'cancel'; readonly of: number }
  /** Cancels all pace requests so far. It has no answer; they are answered by a problem. */
  | { readonly kind: 'giveUp' }
  | { readonly kind: 'leave' };

export type InspectorAnswer =
  | Answers[QuestionKind]
  | AugmentationPreview
  | Pace
  | TestPredictions
  | Speeds
  | Probe
  | Score
  | TensorValues
  | LiteRtAnswer
  | TestSetResult
  | null;

export type FromInspector =
  | { readonly kind: 'progress'; readonly id: number; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly id: number; readonly answer: InspectorAnswer }
  | { readonly kind: 'problem'; readonly id: number; readonly problem: ProblemRecord };

/** The methods of a thread's port, or of a process' channel, that an inspector uses. */
export interface InspectorPort {
  postMessage(message: FromInspector): unknown;
  on(event: 'message', listener: (message: ToInspector) => void): unknown;
}
