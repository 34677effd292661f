/** The page's own script, run in a context of its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import type { TensorValues } from '../../../../shared/inspect/inspection.ts';
import type { Check } from './check.ts';

/** What a page's script makes of images; its document has nothing but the model's data, as JSON. */
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
