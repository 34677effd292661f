/** The formats of an exported net: their ids, and the files of each. */
import { z } from 'zod';

export const exportFormats = [
  'pytorch',
  'onnx',
  'savedmodel',
  'tflite',
  'tfjs',
  'keras',
  'html',
  'c',
  'npz',
] as const;
export const exportFormatSchema = z.enum(exportFormats);
export type ExportFormat = (typeof exportFormats)[number];

/** Names of the files within the folder of the export. */
export const exportFiles: Readonly<Record<ExportFormat, readonly string[]>> = {
  pytorch: ['model.py', 'model.pt', 'model.safetensors'],
  onnx: ['model.onnx'],
  savedmodel: ['saved_model.pb'],
  tflite: ['model.tflite'],
  tfjs: ['model.json', 'model.weights.bin'],
  keras: ['model.keras'],
  html: ['model.html'],
  c: ['model.h', 'model.c'],
  npz: ['model.npz', 'network.json'],
};

/** Formats of weights alone, for a net of the user's own: the preprocessing of pixels is not part of them. */
export const weightFormats: readonly ExportFormat[] = ['pytorch', 'npz'];

/** Formats with fixed options: the page takes drawings and shows probabilities. */
export const fixedFormats: readonly ExportFormat[] = ['html'];

/**
 * `inside`: the exported net takes pixels in [0, 1] and normalises them itself; `outside`: its user normalises them.
 * `probabilities` adds a softmax.
 */
export const exportOptionsSchema = z.strictObject({
  normalisation: z.enum(['inside', 'outside']).default('inside'),
  output: z.enum(['logits', 'probabilities']).default('logits'),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;

/** Largest accepted difference between an output and the engine's. */
export const exportTolerance = 1e-4;
/** Number of test images on which an export is compared with the engine. */
export const checkedImages = 100;
