/** Where tfjs-node's native addon is, and the library of Stride's kernels, which lies beside it. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Path of the addon in tfjs-node's folder, where set-up installs it. */
export const addonFile = join('lib', 'napi-v8', 'tfjs_binding.node');
export const kernelsFile = join('lib', 'napi-v8', 'stride_kernels.node');

/** Returns tfjs-node's folder; a packaged program has its native files beside the archive. */
export function tfjsNodeFolder(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json'));
    return folder.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
  } catch {
    return undefined;
  }
}
