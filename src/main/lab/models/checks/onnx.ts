import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as OnnxRuntime from 'onnxruntime-node';
import { onnxNames } from '../../../export/onnx/index.ts';
import { type Check, imagesFor } from './check.ts';

// It is not named `require` because electron-vite adds a variable of that name to a chunk in which another
// module needs it.
const requireHere = createRequire(import.meta.url);

/** Checks a file with ONNX Runtime, all images in one batch. */
export const checkOnnx: Check = async (input) => {
  const { InferenceSession, Tensor } = requireHere('onnxruntime-node') as typeof OnnxRuntime;
  const { version } = requireHere('onnxruntime-node/package.json') as { version: string };
  const session = await InferenceSession.create(join(input.folder, 'model.onnx'), {
    // The optimizer's warnings are of no use to the user.
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
