/**
 * PyTorch code of the course's style, read as a net and, where the code has them, training settings. Nothing is run:
 * `paste/interpreter.ts` follows the code. What is not understood is named with its line, and what had to be assumed is
 * said, so that nothing is guessed in silence.
 */
import { parser } from '@lezer/python';
import type { MapShape } from '../layers/layer.ts';
import { networkSchema, type Network } from '../network/network.ts';
import { presets } from '../network/presets.ts';
import { type LayerProblem, walkNetwork } from '../network/shapes.ts';
import { canonicalNetwork } from './canonical.ts';
import { Assembly, drawing, firstTakes, itemsBetween } from './paste/assemble.ts';
import { TooLong } from './paste/expressions.ts';
import { type CodeFinding, Findings } from './paste/findings.ts';
import { Interpreter } from './paste/interpreter.ts';
import { isModule } from './paste/names.ts';
import { type FoundSettings, torchvisionSets } from './paste/imageSettings.ts';
import { SettingsReader } from './paste/settings.ts';
import { Source } from './paste/syntax.ts';
import { type Module, Scope, type TensorNode, type Value } from './paste/values.ts';

export type { CodeFinding, FindingSeverity } from './paste/findings.ts';
export type { FoundSettings } from './paste/imageSettings.ts';

export interface PastedNet {
  /** Null where no net was found in the code. */
  readonly network: Network | null;
  /** Where the net's layers do not fit each other. */
  readonly problem: LayerProblem | null;
  /** Only what the code says. */
  readonly settings: FoundSettings;
  /** In the order of the lines. */
  readonly findings: readonly CodeFinding[];
}

/** Whether a text that may be anything is for `parsePyTorch`: it speaks of torch or builds a layer, and is no JSON. */
export function looksLikePyTorch(text: string): boolean {
  return !/^\s*[{[]/.test(text) && /\btorch\b|\bnn\.[A-Z]\w*|\bF\.[a-z]\w*\s*\(/.test(text);
}

/** `name`: what the net is called where neither its code nor a preset has a name for it. */
export function parsePyTorch(code: string, { name = 'pasted' }: { name?: string } = {}): PastedNet {
  const text = code.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const source = new Source(text);
  const findings = new Findings();
  const settings = new SettingsReader(findings);
  const tree = parser.parse(text);
  syntaxFindings(source, findings, tree);
  const interpreter = new Interpreter(source, findings, settings);
  const scope = new Scope(null);
  let network: Network | null = null;
  try {
    interpreter.runScript(tree.topNode, scope);
    settings.end();
    constants(scope, settings);
    const module = theNet(interpreter, findings);
    if (module) network = netOf(interpreter, module, { text, name });
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    findings.add('error', 'too-long', null);
  }
  return {
    network,
    problem: network ? (walkNetwork(network).problem ?? null) : null,
    settings: settings.found,
    findings: [...findings.all].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  };
}

function syntaxFindings(source: Source, findings: Findings, tree: ReturnType<typeof parser.parse>): void {
  let count = 0;
  tree.iterate({
    enter(node) {
      if (!node.type.isError || count >= 5) return;
      const line = source.line(Math.min(node.from, Math.max(0, source.text.length - 1)));
      const text = (source.text.split('\n')[line - 1] ?? '').trim();
      if (findings.all.some((finding) => finding.code === 'syntax' && finding.line === line)) return;
      count += 1;
      findings.add('error', 'syntax', { line, text });
    },
  });
}

/** `epochs = 10` and `batch_size = 64`, where no loop and no loader says it. */
function constants(scope: Scope, settings: SettingsReader): void {
  for (const [key, value] of scope.names) {
    if (value.kind !== 'number' || !Number.isInteger(value.value)) continue;
    if (/^(n|num|max)?_?epochs?$/i.test(key)) settings.epochs(value.value);
    if (/^batch_?size$/i.test(key) && settings.found.batchSize === undefined && value.value >= 1)
      settings.found.batchSize = value.value;
  }
}

/** What an optimizer trains, else the last module that is part of no other, else the last class that could be one. */
function theNet(interpreter: Interpreter, findings: Findings): Module | null {
  const optimized = interpreter.optimized.at(-1);
  if (optimized) return optimized;
  const free = interpreter.made.filter(({ module }) => !module.owned);
  const made = free.at(-1)?.module;
  if (made) {
    if (free.length > 1) findings.add('note', 'several-nets', free.at(-1)?.place ?? null);
    return made;
  }
  const definition = interpreter.classes
    .filter((each) => isModule(each) && each.members.get('forward')?.kind === 'function')
    .at(-1);
  if (definition) return interpreter.makeDefault(definition);
  findings.add('error', 'no-net', null);
  return null;
}

/** The tensor that a forward pass gives, also where it gives several. */
function tensorOf(value: Value, findings: Findings, module: Module): TensorNode | null {
  if (value.kind === 'tensor') return value.node;
  const first = value.kind === 'list' ? value.items.find((item) => item.kind === 'tensor') : undefined;
  if (first?.kind === 'tensor') {
    findings.add('error', 'several-outputs', first.node.place);
    return first.node;
  }
  findings.add('error', 'no-output', module.place);
  return null;
}

const unusedModules = (module: Module): Module[] => {
  const inner =
    module.type === 'user'
      ? [...module.attributes.values()]
      : module.type === 'sequence'
        ? module.children
        : [];
  return inner.flatMap((value) => {
    const values = value.kind === 'list' ? value.items : [value];
    return values.flatMap((each) => {
      if (each.kind !== 'module') return [];
      const { module: child } = each;
      if (child.type === 'layer') return child.made !== null && child.used === 0 ? [child] : [];
      return unusedModules(child);
    });
  });
};

function netOf(
  interpreter: Interpreter,
  module: Module,
  { text, name }: { text: string; name: string },
): Network | null {
  const { findings, settings } = interpreter;
  const tensor = tensorOf(interpreter.follow(module), findings, module);
  if (!tensor) return null;
  const items = itemsBetween(null, tensor, findings);
  const built = (input: MapShape) => {
    const assembly = new Assembly(input, settings.loss);
    return { layers: assembly.layers(items), assembly };
  };
  const input = inputOf(interpreter, text, firstTakes(items), (candidate) => {
    const { assembly } = built(candidate);
    return assembly.output !== null && assembly.findings.all.every(({ severity }) => severity !== 'error');
  });
  const { layers, assembly } = built(input);
  findings.all.push(...assembly.findings.all);
  seedFindings(interpreter, module, drawing(items));
  const { height, width, channels } = input;
  const header = /^#\s*Network:\s*(.+)$/m.exec(text)?.[1]?.trim();
  const network = { name: header ?? name, input: { height, width, channels }, layers };
  return named(network, header !== undefined, findings);
}

/** A preset keeps its own name; whatever does not make a net by the schema is said. */
function named(network: Network, hasName: boolean, findings: Findings): Network | null {
  const layersOf = (each: Network) => JSON.stringify([each.input, canonicalNetwork(each).layers]);
  const preset = presets.find((each) => layersOf(each.network) === layersOf(network));
  const result = networkSchema.safeParse(
    preset && !hasName ? { ...network, name: preset.network.name } : network,
  );
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  findings.add('error', 'not-a-net', null, {
    detail: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
  });
  return null;
}

/** What keeps the script's seed from giving the script's numbers. */
function seedFindings({ findings }: Interpreter, module: Module, order: ReturnType<typeof drawing>): void {
  const early = order.find((each, i) => (each.made ?? 0) < (order[i - 1]?.made ?? 0));
  if (early) findings.add('warning', 'made-in-other-order', early.place);
  for (const unused of unusedModules(module)) findings.add('warning', 'unused', unused.place);
}

/** What the code says of its images; else the smallest common size with which everything fits, which is then said. */
function inputOf(
  { settings, examples, findings }: Interpreter,
  text: string,
  takes: { channels?: number; features?: number } | null,
  fits: (input: MapShape) => boolean,
): MapShape {
  const map = (channels: number, height: number, width: number): MapShape => ({
    kind: 'map',
    channels,
    height,
    width,
  });
  const header = /^#\s*Input:\s*(\d+)×(\d+)×(\d+)/m.exec(text);
  if (header) return map(Number(header[1]), Number(header[2]), Number(header[3]));
  const set = settings.dataset === null ? undefined : torchvisionSets[settings.dataset];
  if (set) {
    const { height, width } = settings.resized ?? set;
    return map(settings.grayscale ? 1 : set.channels, height, width);
  }
  const example = examples.at(-1);
  if (example) return map(example[1] ?? 1, example[2] ?? 28, example[3] ?? 28);
  const channels = takes?.channels ? [takes.channels] : [1, 3];
  const sizes = [28, 32, ...Array.from({ length: 256 }, (_, i) => i + 1)];
  for (const size of sizes) {
    for (const count of channels) {
      const candidate = map(count, size, size);
      if (!fits(candidate)) continue;
      findings.add('note', 'input-assumed', null, { channels: count, height: size, width: size });
      return candidate;
    }
  }
  const fallback = map(channels[0] ?? 1, 28, 28);
  findings.add('note', 'input-assumed', null, { channels: fallback.channels, height: 28, width: 28 });
  return fallback;
}
