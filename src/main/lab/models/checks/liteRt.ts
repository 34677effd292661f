import { join } from 'node:path';
import { type Check, channelsLast, imagesFor } from './check.ts';

/** Checks a file with LiteRT's own runtime (WebAssembly), in the engine's thread. */
export const checkTflite: Check = async (input) => {
  const file = join(input.folder, 'model.tflite');
  const { version, outputs } = await input.engine.liteRt({ file, images: channelsLast(imagesFor(input)) });
  return { runtime: `LiteRT (LiteRT.js ${version})`, outputs: [outputs.data] };
};
