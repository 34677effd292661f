/** The call that lists the nets and settings that come with Stride. */
import { z } from 'zod';
import { networkSchema } from '../../network/network.ts';
import { trainingSettingsSchema } from '../../training/training.ts';
import { call } from './call.ts';

export const presetCalls = {
  'presets.list': call(
    z.strictObject({}),
    z.array(
      z.strictObject({ network: networkSchema, settings: trainingSettingsSchema, parameterCount: z.int() }),
    ),
  ),
} as const;
