/** The checks by format. */
import type { ExportFormat } from '../../../../shared/export/formats.ts';
import { checkC } from './c.ts';
import type { Check } from './check.ts';
import { checkHtml } from './html.ts';
import { checkOnnx } from './onnx.ts';
import { checkTflite } from './liteRt.ts';
import { checkSavedModel } from './savedModel.ts';
import { checkKeras, checkTfjs } from './tfjs.ts';
import { checkNpz, checkPyTorch } from './weights.ts';

export const checks: Readonly<Record<ExportFormat, Check>> = {
  pytorch: checkPyTorch,
  onnx: checkOnnx,
  savedmodel: checkSavedModel,
  tflite: checkTflite,
  tfjs: checkTfjs,
  keras: checkKeras,
  html: checkHtml,
  c: checkC,
  npz: checkNpz,
};
