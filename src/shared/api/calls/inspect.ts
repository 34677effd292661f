/** The calls that inspect a run. */
import { z } from 'zod';
import { answers, inspectReply, inspectRequests } from '../../inspect/inspection.ts';
import { call } from './call.ts';

export const inspectCalls = {
  /**
   * Inspects a run by its last checkpoint unless another is given, also while it trains. A run without a checkpoint
   * cannot be inspected. The first of these calls takes a second or two, because TensorFlow is loaded.
   */
  /** Returns every step of the nets' computation on given images, including those within residual blocks. */
  'inspect.trace': call(inspectRequests.trace, inspectReply(answers.trace)),
  /** Returns logits and probabilities alone, for images that change while somebody draws. */
  'inspect.classify': call(inspectRequests.classify, inspectReply(answers.classify)),
  /** Returns the loss of images, its gradient throughout the net, and the loss after one step of gradient descent. */
  'inspect.backward': call(inspectRequests.backward, inspectReply(answers.backward)),
  'inspect.activations': call(inspectRequests.activations, inspectReply(answers.activations)),
  'inspect.saliency': call(inspectRequests.saliency, inspectReply(answers.saliency)),
  'inspect.occlusion': call(inspectRequests.occlusion, inspectReply(answers.occlusion)),
  'inspect.predictions': call(inspectRequests.predictions, inspectReply(answers.predictions)),
  'inspect.confidentErrors': call(inspectRequests.confidentErrors, inspectReply(answers.confidentErrors)),
  /** Returns all parameters and running statistics. */
  'inspect.filters': call(inspectRequests.filters, inspectReply(answers.filters)),

  /**
   * Returns the epochs whose states are kept, ascending (0 is before training), their size in bytes, and the budget in
   * megabytes for a run's states (shared/inspect/epochStates.ts decides which are dropped beyond it).
   */
  'inspect.epochs': call(
    z.strictObject({ run: z.int().positive() }),
    z.strictObject({ epochs: z.array(z.int()), bytes: z.int(), megabytes: z.number() }),
  ),
} as const;
