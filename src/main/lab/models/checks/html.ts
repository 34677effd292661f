/** Checks the page's own script by running it in a separate context. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { TensorValues } from '../../../../shared/inspect/inspection.ts';
import type { Check } from './check.ts';

/** Returns the outputs of a page's script; the document that it sees has only the model's data, as JSON. */
export function forwarded(script: string, data: string, { shape, data: pixels }: TensorValues): Float32Array {
  const size = pixels.length / (shape[0] ?? 1);
  const document = { getElementById: () => ({ textContent: data }) };
  const context = createContext({ atob, document, pixels, size });
  runInContext(script, context, { filename: 'model.html' });
  const outputs = runInContext(
    'Array.from({ length: pixels.length / size }, (_, i) => Array.from(predict(pixels.subarray(i * size, (i + 1) * size)))).flat()',
    context,
  ) as number[];
  return Float32Array.from(outputs);
}

export const checkHtml: Check = async ({ folder, probe: { pixels } }) => {
  const html = await readFile(join(folder, 'model.html'), 'utf8');
  const part = (id: string) =>
    new RegExp(`<script[^>]* id="${id}">([\\s\\S]*?)</script>`).exec(html)?.[1] ?? '';
  return { runtime: "the page's own script", outputs: [forwarded(part('forward'), part('model'), pixels)] };
};
