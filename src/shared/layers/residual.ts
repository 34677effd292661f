/**
 * A residual block (He et al. 2015): a list of layers whose output is added to its input. If the two maps differ in
 * shape, the input passes through a 1×1 convolution, strided to the output's size (option B of the paper). PyTorch has
 * no such module; the code view writes a class `Residual(layers, shortcut)` with these parameter names:
 * `layers.<index>.<name>` and `shortcut.weight`, `shortcut.bias`.
 */
import { z } from 'zod';
import { Problem } from '../base/problem.ts';
import { conv2d, type Conv2d } from './conv2d.ts';
import { linear } from './linear.ts';
import {
  type LayerKind,
  type MapShape,
  type ParameterSpec,
  type Shape,
  describeShape,
  limitOf,
} from './layer.ts';
import { type Layer, enabledLayers, layerKind, layerSchema } from './index.ts';

export interface Residual {
  type: 'residual';
  layers: Layer[];
  disabled?: boolean | undefined;
}

const schema: z.ZodType<Residual> = z.strictObject({
  type: z.literal('residual'),
  layers: z.lazy(() => z.array(layerSchema).max(64)),
  disabled: z.boolean().optional(),
});

/** Returns a block that keeps the shape of its input, so that it fits wherever a convolution or a linear layer does. */
function keepingShape(given?: Shape): Residual {
  const relu = { type: 'activation', function: 'relu' } as const;
  if (given?.kind === 'flat') {
    const units = Math.min(given.features, limitOf(linear, 'units'));
    return { type: 'residual', layers: [{ type: 'linear', units }, relu] };
  }
  const filters = Math.min(given?.channels ?? 10, limitOf(conv2d, 'filters'));
  const conv = { type: 'conv2d', filters, kernelSize: 3, padding: 1 } as const;
  return { type: 'residual', layers: [conv, relu, { ...conv }] };
}

/** Throws a problem that names the layer inside, counted from 1 with disabled ones. */
function innerOutput(layer: Residual, input: Shape): Shape {
  let shape = input;
  let given = 0;
  for (const [index, inner] of layer.layers.entries()) {
    if (inner.disabled) continue;
    try {
      shape = layerKind(inner).outputShape(inner, shape);
      given = index + 1;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw inside(error, index + 1, given, inner.type);
    }
  }
  if (given > 0) return shape;
  throw new Problem(
    'layer.residual-empty',
    'the block has no layer that is on, so it would only double its input; put a layer into it',
  );
}

/**
 * `inner` is the layer's number (`2`, or `2.1` for a nested block), `from` that of the layer that computes its input, 0
 * for the block.
 */
function inside(
  { code, message, parameters }: Problem,
  number: number,
  given: number,
  type: string,
): Problem {
  const { inner, from } = parameters;
  if (inner === undefined)
    return new Problem(code, `layer ${number} inside (${type}): ${message}`, {
      ...parameters,
      inner: number,
      innerType: type,
      from: given,
    });
  return new Problem(code, `layer ${number} inside (${type}): ${message}`, {
    ...parameters,
    inner: `${number}.${inner}`,
    from: from === 0 ? given : `${number}.${from}`,
  });
}

/** Returns the 1×1 convolution beside the block, or undefined if input and output have the same shape. */
export function shortcut(layer: Residual, input: Shape): Conv2d | undefined {
  const output = innerOutput(layer, input);
  if (describeShape(output) === describeShape(input)) return undefined;
  if (input.kind !== 'map' || output.kind !== 'map') throw mismatch(input, output);
  const stride = strideBetween(input, output);
  return { type: 'conv2d', filters: output.channels, kernelSize: 1, stride };
}

/** Returns the smallest stride per axis with the wanted length: a 1×1 kernel with stride s gives ⌊(n − 1)/s⌋ + 1. */
function strideBetween(input: MapShape, output: MapShape): [number, number] {
  const stride = (from: number, to: number): number => {
    for (let s = 1; s <= from; s += 1) if (Math.floor((from - 1) / s) + 1 === to) return s;
    throw mismatch(input, output);
  };
  return [stride(input.height, output.height), stride(input.width, output.width)];
}

function mismatch(input: Shape, output: Shape): Problem {
  return new Problem(
    'layer.residual-shape',
    `the block's layers turn ${describeShape(input)} into ${describeShape(output)}, which no 1×1 convolution beside ` +
      'them can give; keep the map (padding) or shrink it by a whole stride',
    { input: describeShape(input), output: describeShape(output) },
  );
}

function* walk(
  layer: Residual,
  input: Shape,
): Generator<{ inner: Layer; index: number; from: Shape; to: Shape }> {
  let from = input;
  for (const [index, inner] of enabledLayers(layer.layers).entries()) {
    const to = layerKind(inner).outputShape(inner, from);
    yield { inner, index, from, to };
    from = to;
  }
}

export const residual: LayerKind<Residual> = {
  words: {
    en: { name: 'Residual block', short: 'residual block' },
    'zh-CN': { name: '残差块', short: '残差块' },
  },
  group: 'block',
  color: '#ffffff',
  /** The block's layers are no field, because they are edited as layers. */
  fields: {},
  schema,
  newLayer: keepingShape,
  outputShape(layer, input) {
    shortcut(layer, input);
    return innerOutput(layer, input);
  },
  parameters(layer, input) {
    const specs: ParameterSpec[] = [];
    for (const { inner, index, from } of walk(layer, input)) {
      for (const spec of layerKind(inner).parameters(inner, from)) {
        specs.push({ ...spec, name: `layers.${index}.${spec.name}` });
      }
    }
    const beside = shortcut(layer, input);
    for (const spec of beside ? conv2d.parameters(beside, input) : []) {
      specs.push({ ...spec, name: `shortcut.${spec.name}` });
    }
    return specs;
  },
  multiplyAdds(layer, input, output) {
    let sum = 0;
    for (const { inner, from, to } of walk(layer, input))
      sum += layerKind(inner).multiplyAdds(inner, from, to);
    const beside = shortcut(layer, input);
    return sum + (beside ? conv2d.multiplyAdds(beside, input, output) : 0);
  },
  /** The block's own windows are walked one by one by `shapes.ts`; as a whole it is at least as wide as its input. */
  window: () => 'same',
  torch(layer, input) {
    const inner = [...walk(layer, input)].map(({ inner, from }) => layerKind(inner).torch(inner, from));
    const beside = shortcut(layer, input);
    const side = beside ? `, shortcut=${conv2d.torch(beside, input)}` : '';
    return `Residual(nn.Sequential(${inner.join(', ')})${side})`;
  },
  torchStyle: { stem: 'block', shared: false },
  torchLine: 'begins',
};
