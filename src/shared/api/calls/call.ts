/** Defines a call of the contract: its request and its reply. */
import type { z } from 'zod';

export const call = <I extends z.ZodType, O extends z.ZodType>(request: I, reply: O) => ({ request, reply });
