/** The call that describes the lab. */
import { z } from 'zod';
import { machineSchema, problemRecordSchema, versionsSchema } from '../../runs/runs.ts';
import { call } from './call.ts';

export const appCalls = {
  /** Describes the lab: version, host, machine, and whether this machine can train. */
  'app.info': call(
    z.strictObject({}),
    z.strictObject({
      version: z.string(),
      host: z.enum(['desktop', 'browser', 'terminal']),
      /** STRIDE_HOME, the folder of history and checkpoints. */
      home: z.string(),
      machine: machineSchema,
      versions: versionsSchema,
      /** Null if training works; otherwise the reason and the remedy. */
      trainingProblem: problemRecordSchema.nullable(),
    }),
  ),
} as const;
