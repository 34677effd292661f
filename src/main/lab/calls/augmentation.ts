/** The call that shows what augmentation does to an image. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { LabEstimates } from '../inspect/estimates.ts';

export function augmentationCalls(estimates: LabEstimates) {
  return {
    'augmentation.preview': (request: CallRequest<'augmentation.preview'>) => estimates.preview(request),
  };
}
