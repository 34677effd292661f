/**
 * A net drawn from top to bottom: one box for each layer with its output shape, and a block's layers within a frame
 * beside its skip line.
 */
import type { Language } from '../base/languages.ts';
import { type Layer, enabledLayers, layerKind } from '../layers/index.ts';
import { type Shape, describeShape } from '../layers/layer.ts';
import { shortcut } from '../layers/residual.ts';
import type { Network } from '../network/network.ts';
import { inputShape, summarize } from '../network/shapes.ts';
import { element, line, picture, text, widthOf } from './svg.ts';
import { inputWord, layerWords } from './words.ts';

const letters = 13;
const boxHeight = 30;
const gap = 18;
const margin = 16;
/** Width within a block's frame at each side, in which the skip line runs. */
const inset = 26;

interface Box {
  readonly words: string;
  readonly shape: Shape;
  readonly color: string;
  readonly inner: readonly Box[];
  /** The convolution on a block's skip line. */
  readonly beside: string | null;
}

function boxOf(layer: Layer, input: Shape, output: Shape, language: Language): Box {
  const own = { words: layerWords(layer, language), shape: output, color: layerKind(layer).color };
  if (layer.type !== 'residual') return { ...own, inner: [], beside: null };
  const inner: Box[] = [];
  let shape = input;
  for (const each of enabledLayers(layer.layers)) {
    const next = layerKind(each).outputShape(each, shape);
    inner.push(boxOf(each, shape, next, language));
    shape = next;
  }
  const conv = shortcut(layer, input);
  return { ...own, inner, beside: conv ? layerWords(conv, language) : null };
}

const heightOf = ({ inner }: Box): number =>
  inner.length === 0 ? boxHeight : inner.reduce((sum, each) => sum + heightOf(each) + gap, 0) + 2 * gap;

const wordsIn = (box: Box): string[] => [
  `${box.words}  ${describeShape(box.shape)}`,
  ...box.inner.flatMap(wordsIn),
];

export function diagram(network: Network, language: Language): string {
  const { layers } = summarize(network);
  const start: Box = {
    words: inputWord(language),
    shape: inputShape(network),
    color: '#fff',
    inner: [],
    beside: null,
  };
  const boxes = [start, ...layers.map(({ layer, input, output }) => boxOf(layer, input, output, language))];
  const inside = Math.max(200, ...boxes.flatMap(wordsIn).map((each) => widthOf(each, letters) + 40));
  const beside = Math.max(0, ...boxes.map((box) => (box.beside ? widthOf(box.beside, letters - 2) + 8 : 0)));
  const width = inside + 2 * inset;
  const parts: string[] = [];
  let y = margin;
  for (const [i, box] of boxes.entries()) {
    if (i > 0) parts.push(arrow(margin + width / 2, y - gap, y));
    parts.push(
      ...drawn(box, box.inner.length > 0 ? margin : margin + inset, y, box.inner.length > 0 ? width : inside),
    );
    y += heightOf(box) + gap;
  }
  const size = { width: width + beside + 2 * margin, height: y - gap + margin };
  return picture(
    {
      ...size,
      title: network.name,
      font: 'Inter, Helvetica, Arial, PingFang SC, Microsoft YaHei, sans-serif',
    },
    parts,
  );
}

const stroke = { stroke: '#555', 'stroke-width': 1 };

function arrow(x: number, from: number, to: number): string {
  const head = `M${x - 3.5} ${to - 6} L${x} ${to} L${x + 3.5} ${to - 6}`;
  return line(x, from, x, to, stroke) + element('path', { d: head, fill: 'none', ...stroke });
}

function drawn(box: Box, x: number, y: number, width: number): string[] {
  if (box.inner.length > 0) return block(box, x, y, width);
  const middle = y + boxHeight / 2 + letters * 0.36;
  return [
    element('rect', { x, y, width, height: boxHeight, rx: 5, fill: box.color, ...stroke }),
    text(x + 12, middle, box.words, { 'font-size': letters }),
    text(x + width - 12, middle, describeShape(box.shape), {
      'font-size': letters,
      'text-anchor': 'end',
      fill: '#444',
    }),
  ];
}

function block(box: Box, x: number, y: number, width: number): string[] {
  const height = heightOf(box);
  const frame = { x, y, width, height, rx: 7, fill: 'none', ...stroke, 'stroke-dasharray': '4 3' };
  const parts = [element('rect', frame)];
  const center = x + width / 2;
  let at = y + gap;
  for (const inner of box.inner) {
    parts.push(arrow(center, at - gap, at));
    const own = inner.inner.length > 0 ? inset / 2 : inset;
    parts.push(...drawn(inner, x + own, at, width - 2 * own));
    at += heightOf(inner) + gap;
  }
  const sum = y + height - gap / 2;
  const side = x + width - inset / 2;
  parts.push(
    line(center, at - gap, center, sum - 7, stroke),
    element('path', { d: `M${center} ${y + 5} H${side} V${sum} H${center + 7}`, fill: 'none', ...stroke }),
    element('circle', { cx: center, cy: sum, r: 7, fill: '#fff', ...stroke }),
    text(center, sum + 4.5, '+', { 'font-size': letters, 'text-anchor': 'middle' }),
    text(x + 8, y + height - 6, box.words, { 'font-size': letters - 2, fill: '#444' }),
  );
  if (box.beside)
    parts.push(text(x + width + 6, y + height / 2, box.beside, { 'font-size': letters - 2, fill: '#444' }));
  return parts;
}
