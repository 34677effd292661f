/** The call that estimates how long a training takes. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { LabEstimates } from '../inspect/estimates.ts';

export function trainingCalls(estimates: LabEstimates) {
  return {
    'training.estimate': (request: CallRequest<'training.estimate'>) => estimates.estimate(request),
  };
}
