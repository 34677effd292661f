/**
 * One HTML file with the net in it: a canvas to draw on, and the net's prediction for the drawing. The page
 * makes no requests, so it works from a disk, without a network and on a phone. The check of the export runs
 * its script.
 */
import type { ExportOptions } from '../../../shared/export/formats.ts';
import type { TrainedModel } from '../../../shared/models/trainedModel.ts';
import { type Encoded, bytesOf, utf8 } from '../encoded.ts';
import { type PlainNode, plainProgram } from '../plain/program.ts';
import { forwardScript } from './forward.ts';
import { pageBody, pageScript, pageStyle } from './page.ts';

/** The page normalises the drawing itself and shows probabilities, whatever options other formats have. */
const options: ExportOptions = { normalisation: 'inside', output: 'logits' };

export function encodeHtml(model: TrainedModel): Encoded {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<link rel="icon" href="data:,">
<title>${escaped(model.network.name)}</title>
<style>${pageStyle}</style>
</head>
<body>
${pageBody}
<script type="application/json" id="model">${inScript(JSON.stringify(modelData(model, plainProgram(model, options))))}</script>
<script id="forward">${forwardScript}</script>
<script>${pageScript}</script>
</body>
</html>
`;
  return { files: [{ path: 'model.html', bytes: utf8(html) }] };
}

/** Returns the data that the page's script reads: the steps, and all weights concatenated. */
export function modelData(model: TrainedModel, nodes: readonly PlainNode[]): object {
  const weights: Float32Array[] = [];
  const program = nodes.map((node) => withoutWeights(node, weights));
  return {
    name: model.network.name,
    input: model.network.input,
    classes: model.classes,
    dataset: model.dataset,
    run: model.run,
    program,
    weights: base64(weights),
  };
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Escapes the data so that nothing in it can end the script element. */
const inScript = (json: string) => json.replaceAll('<', '\\u003c');

/** Returns the node with positions in the weights, [offset, length], in the place of arrays. */
function withoutWeights(node: PlainNode, weights: Float32Array[]): unknown {
  if (!('op' in node)) {
    const inner = (nodes: readonly PlainNode[]) => nodes.map((each) => withoutWeights(each, weights));
    return { ...node, main: inner(node.main), side: inner(node.side) };
  }
  const op = Object.fromEntries(
    Object.entries(node.op).map(([key, value]: [string, unknown]) => {
      if (!(value instanceof Float32Array)) return [key, value];
      const offset = weights.reduce((sum, { length }) => sum + length, 0);
      weights.push(value);
      return [key, [offset, value.length]];
    }),
  );
  return { ...node, op };
}

function base64(arrays: readonly Float32Array[]): string {
  return Buffer.concat(arrays.map(bytesOf)).toString('base64');
}
