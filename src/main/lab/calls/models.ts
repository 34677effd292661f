/** Calls that export, import and evaluate trained nets. */
import type { CallRequest } from '../../../shared/api/api.ts';
import type { LabExports } from '../models/exports.ts';
import type { LabEvaluations } from '../models/evaluations.ts';
import type { LabImports } from '../models/imports.ts';

export interface ModelServices {
  readonly exports: LabExports;
  readonly imports: LabImports;
  readonly evaluations: LabEvaluations;
}

export function modelCalls({ exports, imports, evaluations }: ModelServices) {
  return {
    'models.export': (request: CallRequest<'models.export'>) => exports.export(request),
    'models.pack': (request: CallRequest<'models.pack'>) => exports.pack(request),
    'models.limits': ({ runs }: CallRequest<'models.limits'>) => exports.limits(runs),
    'models.import': (request: CallRequest<'models.import'>) => imports.import(request),
    'models.evaluate': (request: CallRequest<'models.evaluate'>) => evaluations.evaluate(request),
  };
}
