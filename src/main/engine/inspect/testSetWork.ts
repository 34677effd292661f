/** Work on the whole test set: what is asked, and what is answered. */
import type { UnitSurvey } from '../../../shared/inspect/survey.ts';
import type { LongWork } from './longWork.ts';
import type { InspectionOrder } from './openNet.ts';
import { surveyUnits } from './unitSurvey.ts';

export interface TestSetOrder {
  readonly kind: 'units';
  readonly net: InspectionOrder;
}

export type TestSetAnswer = UnitSurvey;

/** Throws a `Problem` if the tensors are not the net's, or if the work was cancelled. */
export function workOnTestSet(order: TestSetOrder, work: LongWork): Promise<TestSetAnswer> {
  return surveyUnits(order.net, work);
}
