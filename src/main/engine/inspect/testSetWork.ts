/** Work on the whole test set: what is asked, and what is answered. */
import type { Embedding } from '../../../shared/inspect/embedding.ts';
import type { UnitSurvey } from '../../../shared/inspect/survey.ts';
import { embedTestSet } from './embedding.ts';
import type { LongWork } from './longWork.ts';
import type { InspectionOrder } from './openNet.ts';
import { surveyUnits } from './unitSurvey.ts';

export interface TestSetOrder {
  readonly kind: 'units' | 'embedding';
  readonly net: InspectionOrder;
}

export type TestSetResult = UnitSurvey | Embedding;

/** Throws a `Problem` if the tensors are not the net's, or if the work was cancelled. */
export function workOnTestSet({ kind, net }: TestSetOrder, work: LongWork): Promise<TestSetResult> {
  return kind === 'units' ? surveyUnits(net, work) : embedTestSet(net, work);
}
