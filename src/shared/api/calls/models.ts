/** The calls that export, import and score trained nets. */
import { z } from 'zod';
import { exportFormatSchema, exportOptionsSchema } from '../../export/formats.ts';
import { networkSchema } from '../../network/network.ts';
import { problemRecordSchema, runSummarySchema } from '../../runs/runs.ts';
import { runNameSchema } from '../../runs/runOrganisation.ts';
import { trainingSettingsSchema } from '../../training/training.ts';
import { call } from './call.ts';

const id = z.int().positive();
const bytes: z.ZodType<Uint8Array> = z.instanceof(Uint8Array);
const namedFile = z.strictObject({ name: z.string().min(1), bytes });

/** A run's newest state, the one after its best epoch, or the one at the end of an epoch, if it is kept. */
export const checkpointChoiceSchema = z.union([z.enum(['last', 'best']), z.int().min(0)]);
export type CheckpointChoice = z.infer<typeof checkpointChoiceSchema>;

/** The comparison of the written files with the engine. */
export const exportCheckSchema = z.strictObject({
  /** The program that loaded them: `onnxruntime-node 1.30.0`. */
  runtime: z.string(),
  images: z.int(),
  /** Largest difference between an output and the engine's, over all images; NaN if an output is NaN. */
  largestDifference: z.number(),
  tolerance: z.number(),
});
export type ExportCheck = z.infer<typeof exportCheckSchema>;

export const exportResultSchema = z.strictObject({
  run: id,
  format: exportFormatSchema,
  /** Full paths, or names within the archive. Empty if there is a problem, because no file is left then. */
  files: z.array(z.string()),
  bytes: z.int(),
  check: exportCheckSchema.nullable(),
  problem: problemRecordSchema.nullable(),
});
export type ExportResult = z.infer<typeof exportResultSchema>;

const what = {
  runs: z.array(id).min(1).max(100),
  formats: z.array(exportFormatSchema).min(1),
  checkpoint: checkpointChoiceSchema.default('last'),
  options: exportOptionsSchema.prefault({}),
};

export const modelCalls = {
  /**
   * Writes trained nets into a folder on the lab's machine, which is created if it is missing; each of several runs
   * gets a folder of its own, `run-<number>`. Each format is written completely or not at all, and only if it agrees
   * with the engine.
   */
  'models.export': call(
    z.strictObject({ ...what, folder: z.string().min(1), overwrite: z.boolean().default(false) }),
    z.array(exportResultSchema),
  ),
  /**
   * Returns the export as a zip file, for a window without access to the machine's folders. Empty if all formats
   * failed.
   */
  'models.pack': call(
    z.strictObject(what),
    z.strictObject({ fileName: z.string(), archive: bytes, results: z.array(exportResultSchema) }),
  ),
  /**
   * Returns what a format cannot express of a run, or expresses in another way, by layer. Empty if everything is exact.
   */
  'models.limits': call(
    z.strictObject({ runs: what.runs }),
    z.array(
      z.strictObject({
        run: id,
        format: exportFormatSchema,
        /** The layer's number, and its type. */
        layer: z.string(),
        type: z.string(),
        problem: problemRecordSchema,
      }),
    ),
  ),
  /** Creates a run from a file of weights and the net that they belong to. */
  'models.import': call(
    z.strictObject({
      file: namedFile,
      /** Files beside it that hold weights: an ONNX file may refer to one. */
      beside: z.array(namedFile).default([]),
      /** The net of the weights; an ONNX file contains its own. */
      network: networkSchema.nullable(),
      settings: trainingSettingsSchema.prefault({}),
      dataset: z.string().default('mnist'),
      name: runNameSchema.optional(),
      /** The set of weights to use, if the file has several. */
      key: z.string().optional(),
    }),
    z.strictObject({ run: runSummarySchema, notes: z.array(problemRecordSchema) }),
  ),
  /**
   * Returns loss and accuracy over the whole test set of a data set, by default the run's own. The data set `drawings`
   * is that of the drawings kept for nets of the run's own.
   */
  'models.evaluate': call(
    z.strictObject({
      run: id,
      checkpoint: checkpointChoiceSchema.default('last'),
      dataset: z.string().optional(),
    }),
    z.strictObject({
      testCorrect: z.int(),
      testTotal: z.int(),
      testLoss: z.number(),
      dataset: z.string(),
      epoch: z.int(),
      step: z.int(),
    }),
  ),
} as const;
