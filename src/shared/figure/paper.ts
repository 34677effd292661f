/**
 * A net drawn as in papers since LeNet-5 (LeCun et al. 1998, figure 2): maps are sheets that lie one behind the other,
 * flat features are bars, the operations between two of them are named below, and sizes above. Black on white.
 */
import type { Language } from '../base/languages.ts';
import { type Layer, enabledLayers, slidingWindowOf } from '../layers/index.ts';
import { type Pair, type Shape, describeShape } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';
import { inputShape, summarize } from '../network/shapes.ts';
import { element, line, picture, text, widthOf } from './svg.ts';
import { inputWord, layerWords } from './words.ts';

const letters = 12;
const lineHeight = 15;
const margin = 16;
const tallest = 120;
/** Offset of a sheet from the one behind it. */
const shift = 4;
const mostSheets = 8;
const thin = { stroke: '#000', 'stroke-width': 0.75 };

/** The layers from one drawn shape to the next, and that shape. */
interface Stage {
  readonly shape: Shape;
  readonly layers: readonly Layer[];
}

/**
 * Begins a stage at a new shape, or at a layer that mixes its inputs; element-wise layers belong to the stage before.
 */
function stagesOf(network: Network): Stage[] {
  const stages: { shape: Shape; layers: Layer[] }[] = [{ shape: inputShape(network), layers: [] }];
  for (const { layer, output } of summarize(network).layers) {
    const elementwise = ['activation', 'dropout', 'batchNorm2d'].includes(layer.type);
    const last = stages.at(-1);
    if (elementwise && last && stages.length > 1) last.layers.push(layer);
    else stages.push({ shape: output, layers: [layer] });
  }
  return stages;
}

interface Placed {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const sheetsOf = (shape: Shape) =>
  shape.kind === 'map' ? Math.min(mostSheets, 1 + Math.ceil(Math.log2(shape.channels))) : 1;

function sizeOf(shape: Shape, longest: number): [width: number, height: number] {
  if (shape.kind === 'flat') return [9, Math.min(tallest, 24 + 11 * Math.log2(shape.features))];
  const side = (length: number) => 12 + ((tallest - 40) * length) / longest;
  const depth = shift * (sheetsOf(shape) - 1);
  return [side(shape.width) + depth, side(shape.height) + depth];
}

const label = (shape: Shape) =>
  shape.kind === 'map' ? `${shape.channels}@${shape.height}×${shape.width}` : describeShape(shape);

function wordsOf({ layers }: Stage, language: Language): string[] {
  return layers.flatMap((layer) => {
    const own = layerWords(layer, language);
    if (layer.type !== 'residual') return [own];
    return [own, ...enabledLayers(layer.layers).map((inner) => `· ${layerWords(inner, language)}`)];
  });
}

export function paperFigure(network: Network, language: Language): string {
  const stages = stagesOf(network);
  const longest = Math.max(network.input.height, network.input.width);
  const words = stages.map((stage) => wordsOf(stage, language));
  const blocks = stages.some(({ layers }) => layers.some(({ type }) => type === 'residual'));
  const middle = margin + 2 * lineHeight + (blocks ? 8 : 0) + tallest / 2;
  const below = middle + tallest / 2 + lineHeight + 4;
  const parts: string[] = [];
  let x = margin;
  let before: { stage: Stage; place: Placed } | null = null;
  for (const [i, stage] of stages.entries()) {
    const [width, height] = sizeOf(stage.shape, longest);
    const lines = words[i] ?? [];
    const said = Math.max(0, ...lines.map((each) => widthOf(each, letters)));
    const named = widthOf(label(stage.shape), letters);
    // Labels are below the path between two stages, and the sizes above must not touch each other.
    if (before)
      x += Math.max(46, said + 12 - (width + before.place.right - before.place.left) / 2, named - width + 14);
    else x += Math.max(0, (Math.max(named, widthOf(inputWord(language), letters)) - width) / 2);
    const place = { left: x, right: x + width, top: middle - height / 2, bottom: middle + height / 2 };
    if (before) parts.push(...connection(before.stage, before.place, stage, place));
    parts.push(...drawn(stage.shape, place));
    const over = { 'text-anchor': 'middle', 'font-size': letters };
    parts.push(text((place.left + place.right) / 2, place.top - 6, label(stage.shape), over));
    if (!before)
      parts.push(text((place.left + place.right) / 2, place.top - 6 - lineHeight, inputWord(language), over));
    const between = before ? (before.place.right + before.place.left + place.left + place.right) / 4 : 0;
    lines.forEach((each, row) => parts.push(text(between, below + row * lineHeight, each, over)));
    x += width;
    before = { stage, place };
  }
  const rows = Math.max(1, ...words.map((each) => each.length));
  const end = widthOf(label(stages.at(-1)?.shape ?? inputShape(network)), letters) / 2;
  const size = { width: x + Math.max(margin, end), height: below + rows * lineHeight };
  return picture(
    { ...size, title: network.name, font: 'Times New Roman, Times, Songti SC, SimSun, serif' },
    parts,
  );
}

function drawn(shape: Shape, { left, right, top, bottom }: Placed): string[] {
  const sheets = sheetsOf(shape);
  const depth = shift * (sheets - 1);
  const size = { width: right - left - depth, height: bottom - top - depth, fill: '#fff', ...thin };
  return Array.from({ length: sheets }, (_, i) =>
    element('rect', { x: left + i * shift, y: top + i * shift, ...size }),
  );
}

/** Returns the layer's window on the map before it; null if it covers the whole map. */
function windowOf(layer: Layer | undefined): Pair | null {
  return layer ? (slidingWindowOf(layer)?.kernel ?? null) : null;
}

function connection(before: Stage, from: Placed, { layers }: Stage, to: Placed): string[] {
  const dashed = { ...thin, stroke: '#777', 'stroke-dasharray': '3 2' };
  const [first] = layers;
  const center = (to.top + to.bottom) / 2;
  if (first?.type === 'residual') {
    const top = Math.min(from.top, to.top) - lineHeight - 4;
    const [start, end] = [(from.left + from.right) / 2, (to.left + to.right) / 2];
    const way = `M${start} ${from.top - lineHeight - 4} C${start} ${top - 24} ${end} ${top - 24} ${end} ${to.top - lineHeight - 4}`;
    return [
      line(from.right, from.top + 8, to.left, to.top, dashed),
      line(from.right, from.bottom, to.left, to.bottom - 8, dashed),
      element('path', {
        d: way.replace(/\d+\.\d+/g, (each) => Number(each).toFixed(1)),
        fill: 'none',
        ...thin,
      }),
    ];
  }
  const kernel = windowOf(first);
  if (!kernel || before.shape.kind !== 'map')
    return [
      line(from.right, from.top, to.left, to.top, dashed),
      line(from.right, from.bottom, to.left, to.bottom, dashed),
    ];
  // The window lies on the front sheet, near its lower right corner.
  const depth = shift * (sheetsOf(before.shape) - 1);
  const scaleX = (from.right - from.left - depth) / before.shape.width;
  const scaleY = (from.bottom - from.top - depth) / before.shape.height;
  const width = Math.max(4, Math.min(kernel[1] * scaleX, from.right - from.left - depth));
  const height = Math.max(4, Math.min(kernel[0] * scaleY, from.bottom - from.top - depth));
  const x = from.right - width - 2;
  const y = Math.max(from.top + depth, (from.top + from.bottom + depth - height) / 2);
  return [
    element('rect', { x, y, width, height, fill: 'none', ...thin, stroke: '#777' }),
    line(x + width, y, to.left + 4, center, dashed),
    line(x + width, y + height, to.left + 4, center, dashed),
  ];
}
