/** Calls that compute something over the whole test set. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { embeddingSchema } from '../../../shared/inspect/embedding.ts';
import { robustnessSchema } from '../../../shared/inspect/robustness.ts';
import { unitSurveySchema } from '../../../shared/inspect/survey.ts';
import type { LabTestSetWork } from '../inspect/testSetWork.ts';

export function testSetCalls(work: LabTestSetWork) {
  return {
    'testSet.units': ({
      ticket,
      run,
      ...moment
    }: CallRequest<'testSet.units'>): Promise<CallReply<'testSet.units'>> =>
      work.ask({ ticket, run, moment, name: 'units', schema: unitSurveySchema, work: { kind: 'units' } }),
    'testSet.embedding': ({
      ticket,
      run,
      ...moment
    }: CallRequest<'testSet.embedding'>): Promise<CallReply<'testSet.embedding'>> =>
      work.ask({
        ...{ ticket, run, moment },
        ...{ name: 'embedding', schema: embeddingSchema, work: { kind: 'embedding' } },
      }),
    'testSet.robustness': ({
      ticket,
      run,
      distortion,
      ...moment
    }: CallRequest<'testSet.robustness'>): Promise<CallReply<'testSet.robustness'>> =>
      work.ask({
        ...{ ticket, run, moment, name: `robustness-${distortion}` },
        ...{ schema: robustnessSchema, work: { kind: 'robustness', distortion } },
      }),
    'testSet.cancel': ({ ticket }: CallRequest<'testSet.cancel'>): CallReply<'testSet.cancel'> => {
      work.cancel(ticket);
      return {};
    },
  };
}
