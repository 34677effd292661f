/** The exporters by format. A SavedModel is a graph, which the engine writes. */
import type { ExportFormat } from '../../../shared/export/formats.ts';
import { servingModel } from '../../engine/serving/servingGraph.ts';
import { type Encoder, fileEncoders } from '../../export/index.ts';

export const encoders: Readonly<Record<ExportFormat, Encoder>> = {
  ...fileEncoders,
  savedmodel: (model, options) => ({
    files: [{ path: 'saved_model.pb', bytes: servingModel(model, options) }],
  }),
};
