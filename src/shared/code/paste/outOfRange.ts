/** Values in the code that a layer or setting of Stride's cannot have: a stride of 0, a dropout rate of 2. */
import type { z } from 'zod';
import { misfitOf, misfitSentence } from '../../misfits/misfit.ts';
import { NotUnderstood } from './values.ts';

/** `what` is the call; `error` is its schema's verdict on `fields`. */
export function outOfRange(what: string, error: z.ZodError, fields: unknown): NotUnderstood {
  const parameters = misfitOf(error, fields);
  return new NotUnderstood('argument-range', {
    ...parameters,
    what,
    detail: misfitSentence(parameters, 'en'),
  });
}
