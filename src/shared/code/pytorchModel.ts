/**
 * A net as PyTorch's module: a class with `__init__` and `forward` as the course writes them, or an `nn.Sequential`
 * whose parameter names are Stride's own. Layers are made in the net's order in both, because that is the order in which
 * the seed's numbers are drawn.
 */
import { enabledLayers, layerKind, type Layer } from '../layers/index.ts';
import { type LayerKind, type TorchStyle, describeShape } from '../layers/layer.ts';
import type { Network } from '../network/network.ts';
import { courseNets } from '../network/presets.ts';
import { type LayerSummary, walkNetwork } from '../network/shapes.ts';
import { brokenNote, indented, oneLine } from './text.ts';

export type PyTorchStyle = 'class' | 'sequential';

export interface PythonModel {
  /** Definitions, from column 0, ending in `model = …`. */
  readonly lines: readonly string[];
  /** True if `torch.nn.functional` is used as `F`. */
  readonly functional: boolean;
}

const residualClass = [
  'class Residual(nn.Module):',
  '    """The layers\' output plus their input, which a shortcut brings to the output\'s shape where they differ."""',
  '',
  '    def __init__(self, layers, shortcut=None):',
  '        super().__init__()',
  '        self.layers = layers',
  '        self.shortcut = shortcut',
  '',
  '    def forward(self, x):',
  '        return self.layers(x) + (x if self.shortcut is None else self.shortcut(x))',
  '',
  '',
];

function hasResidual(layers: readonly Layer[]): boolean {
  return enabledLayers(layers).some((layer) => layer.type === 'residual');
}

const torchLine = ({ layer, input }: LayerSummary) => layerKind(layer).torch(layer, input);

/** Names the layers in the class; layers without parameters are made once and shared, as in the course. */
class Names {
  readonly #firstLinear: 0 | 1;
  readonly #counts = new Map<string, number>();
  readonly #shared = new Map<string, string>();
  readonly definitions: string[] = [];

  constructor(firstLinear: 0 | 1) {
    this.#firstLinear = firstLinear;
  }

  /**
   * Returns `conv1`, `conv2`, …; in the course's nets linear layers are named `fc`, `fc1`, `fc2`, in others from `fc1`
   * on.
   */
  own(stem: string, expression: string): string {
    const number = (this.#counts.get(stem) ?? 0) + 1;
    this.#counts.set(stem, number);
    const count = stem === 'fc' ? number - 1 + this.#firstLinear : number;
    const name = count === 0 ? stem : `${stem}${count}`;
    this.definitions.push(`self.${name} = ${expression}`);
    return name;
  }

  common(stem: string, expression: string): string {
    const known = this.#shared.get(expression);
    if (known) return known;
    const number = (this.#counts.get(stem) ?? 0) + 1;
    this.#counts.set(stem, number);
    const name = number === 1 ? stem : `${stem}${number}`;
    this.#shared.set(expression, name);
    this.definitions.push(`self.${name} = ${expression}`);
    return name;
  }
}

/** Returns whether the layers are those of one of the course's scripts, whose names they then have. */
function areOfCourse(layers: readonly LayerSummary[]): boolean {
  const written = JSON.stringify(layers.map(({ layer }) => layer));
  return courseNets.some((each) => JSON.stringify(each.layers) === written);
}

function namesFor(layers: readonly LayerSummary[]): Names {
  return new Names(areOfCourse(layers) ? 0 : 1);
}

const styleOf = (layer: Layer): TorchStyle<Layer> => layerKind(layer).torchStyle;

/**
 * Returns the member of the class that holds each layer's parameters, which is the prefix of their names in its
 * `state_dict`. A layer without parameters has its type and place as its name, which no member has.
 */
export function moduleNames(layers: readonly LayerSummary[]): string[] {
  const names = namesFor(layers);
  return layers.map(({ layer, index }) => {
    const style = styleOf(layer);
    return 'stem' in style && !style.shared ? names.own(style.stem, '') : `${layer.type}_${index}`;
  });
}

/** Returns the layer applied to `x`. A layer on lines of its own is not nested into the next one's call. */
function applied(summary: LayerSummary, x: string, names: Names): string {
  const style = styleOf(summary.layer);
  if ('call' in style) return style.call(summary.layer, x);
  const line = torchLine(summary);
  const name = style.shared ? names.common(style.stem, line) : names.own(style.stem, line);
  return `self.${name}(${x})`;
}

/** Nested calls beyond this length are hard to read. */
const longestLine = 84;

function forwardLines(layers: readonly LayerSummary[], names: Names): string[] {
  const lines: { code: string; shape: string }[] = [];
  let open: { code: string; shape: string; line: LayerKind<Layer>['torchLine'] } | undefined;
  for (const summary of layers) {
    const { layer, output } = summary;
    const line = layerKind(layer).torchLine;
    const alone = !open || line !== 'wraps' || open.line === 'alone';
    const around: string = alone || !open ? 'x' : open.code;
    if (open && (alone || open.code.length > longestLine - 24)) {
      lines.push(open);
      open = { code: applied(summary, 'x', names), shape: describeShape(output), line };
    } else {
      open = { code: applied(summary, around, names), shape: describeShape(output), line };
    }
  }
  if (open) lines.push(open);
  const width = Math.max(0, ...lines.map(({ code }) => code.length));
  return [...lines.map(({ code, shape }) => `x = ${code.padEnd(width)}  # ${shape}`), 'return x'];
}

function classLines(network: Network, layers: readonly LayerSummary[]): string[] {
  const names = namesFor(layers);
  const forward = forwardLines(layers, names);
  return [
    ...(hasResidual(network.layers) ? residualClass : []),
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...indented(names.definitions, '        '),
    '',
    '    def forward(self, x):',
    ...indented(forward, '        '),
    '',
    '',
    'model = Net()',
  ];
}

function sequentialLines(network: Network, layers: readonly LayerSummary[]): string[] {
  const rows = layers.map((summary) => ({
    code: `${torchLine(summary)},`,
    shape: describeShape(summary.output),
  }));
  const width = Math.min(72, Math.max(0, ...rows.map(({ code }) => code.length)));
  return [
    ...(hasResidual(network.layers) ? residualClass : []),
    'model = nn.Sequential(',
    ...rows.map(({ code, shape }) => `    ${code.padEnd(width)}  # ${shape}`),
    ')',
  ];
}

/** Returns comments on what the code leaves out. */
function notes(network: Network): string[] {
  const disabled = network.layers.flatMap((layer, position) =>
    layer.disabled ? [`# Layer ${position + 1} (${layer.type}) is disabled, and is not here.`] : [],
  );
  const { problem } = walkNetwork(network);
  return problem ? [...disabled, `# ${brokenNote(problem)}`] : disabled;
}

export function pytorchModel(network: Network, style: PyTorchStyle): PythonModel {
  const { layers } = walkNetwork(network);
  const body = style === 'class' ? classLines(network, layers) : sequentialLines(network, layers);
  const lines = [...notes(network), ...body];
  return { lines, functional: lines.some((line) => /\bF\./.test(line)) };
}

/** Returns two lines that identify the net in code; `parsePyTorch` reads them. */
export function networkHeader({ name, input }: Network, comment: string): string[] {
  const { channels, height, width } = input;
  return [
    `${comment} Network: ${oneLine(name)}`,
    `${comment} Input: ${channels}×${height}×${width} (channels × height × width)`,
  ];
}
