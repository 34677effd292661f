/** Work on the whole test set: what is asked, and what is answered. */
import type { Distortion } from '../../../shared/inspect/distortions.ts';
import type { Embedding } from '../../../shared/inspect/embedding.ts';
import type { Robustness } from '../../../shared/inspect/robustness.ts';
import type { UnitSurvey } from '../../../shared/inspect/survey.ts';
import { embedTestSet } from './embedding.ts';
import type { LongWork } from './longWork.ts';
import type { InspectionOrder } from './openNet.ts';
import { measureRobustness } from './robustness.ts';
import { surveyUnits } from './unitSurvey.ts';

export type TestSetOrder = { readonly net: InspectionOrder } & (
  | { readonly kind: 'units' }
  | { readonly kind: 'embedding' }
  | { readonly kind: 'robustness'; readonly distortion: Distortion }
);

export type TestSetResult = UnitSurvey | Embedding | Robustness;

/** Throws a `Problem` if the tensors are not the net's, or if the work was cancelled. */
export function workOnTestSet(order: TestSetOrder, work: LongWork): Promise<TestSetResult> {
  switch (order.kind) {
    case 'units':
      return surveyUnits(order.net, work);
    case 'embedding':
      return embedTestSet(order.net, work);
    case 'robustness':
      return measureRobustness(order.net, order.distortion, work);
  }
}
