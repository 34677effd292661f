/** A call of the contract: what it takes and what it gives. */
import type { z } from 'zod';

export const call = <I extends z.ZodType, O extends z.ZodType>(request: I, reply: O) => ({ request, reply });
