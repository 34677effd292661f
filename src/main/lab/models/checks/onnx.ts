import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import { onnxNames } from '../../../export/onnx/index.ts';
import { type Check, imagesFor } from './check.ts';

// Not named `require`: electron-vite gives a chunk one of that name where another module in it wants it.
const requireHere = createRequire(import.meta.url);

/** ONNX Runtime loads the file and runs all images in one batch. */
export const checkOnnx: Check = async (input) => {
  const { InferenceSession, Tensor } = requireHere('onnxruntime-node') as typeof OnnxRuntime;
  const { version } = requireHere('onnxruntime-node/package.json') as { version: string };
  const session = await InferenceSession.create(join(input.folder, 'model.onnx'), {
    // Warnings of the optimizer's are nothing that a user can do something about.
    logSeverityLevel: 3,
  });
  try {
    const names = onnxNames(input.options);
    const { shape, data } = imagesFor(input);
    const outputs = await session.run({ [names.input]: new Tensor('float32', data, shape) });
    return {
      runtime: `onnxruntime-node ${version}`,
      outputs: [outputs[names.output]?.data as Float32Array],
    };
  } finally {
    await session.release();
  }
};
