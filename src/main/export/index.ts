/** The exporters by format: each turns a trained net into files, in memory. */
import type { ExportFormat, ExportOptions } from '../../shared/export/formats.ts';
import type { TrainedModel } from '../../shared/models/trainedModel.ts';
import { encodeC } from './c/index.ts';
import type { Encoded } from './encoded.ts';
import { encodeHtml } from './html/index.ts';
import { encodeKeras } from './keras/index.ts';
import { encodeNpz } from './npz/index.ts';
import { encodeOnnx } from './onnx/index.ts';
import { encodePyTorch } from './pytorch/index.ts';
import { encodeTflite } from './tflite/index.ts';
import { encodeTfjs } from './tfjs/index.ts';

export type Encoder = (model: TrainedModel, options: ExportOptions) => Encoded | Promise<Encoded>;

/** All exporters except SavedModel's, whose graph the engine writes. */
export const fileEncoders: Readonly<Record<Exclude<ExportFormat, 'savedmodel'>, Encoder>> = {
  pytorch: encodePyTorch,
  onnx: encodeOnnx,
  tflite: encodeTflite,
  tfjs: encodeTfjs,
  keras: encodeKeras,
  html: encodeHtml,
  c: encodeC,
  npz: encodeNpz,
};
