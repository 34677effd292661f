/**
 * A residual block: the output of its layers plus its input, which goes through a 1×1 convolution if the
 * shapes differ.
 */
import { type Layer, enabledLayers, layerKind } from '../../../shared/layers/index.ts';
import { type Residual, shortcut } from '../../../shared/layers/residual.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import { notMerged } from '../graph/batchNormOperations.ts';
import { add } from '../graph/operations.ts';
import {
  type Context,
  type Gradient,
  type InnerPass,
  type Operation,
  type Pass,
  type Values,
  flattenedFromOf,
  gradientsOf,
} from './op.ts';
import { gradientsLaidOut, laidOut, layoutOf } from './layouts.ts';
import { toChannelsFirst, toChannelsLast } from './flatten.ts';
import { operationFor } from './index.ts';
import { trainingPass } from './trainingPass.ts';

export const residual: Operation<Residual> = (context, layer, given, inputShape) => {
  const { g } = context;
  // Inside a block of linear layers, both branches must give their features in one order.
  const flattenedFrom = flattenedFromOf(given);
  const input: Values = flattenedFrom
    ? { shards: given.shards.map((x) => toChannelsFirst(g, x, flattenedFrom)), layout: { kind: 'flat' } }
    : given;
  const passes: Pass[] = [];
  const within: InnerPass[] = [];
  // Evaluation needs each layer's output, and a run that began with TensorFlow's kernels goes on with the same graph.
  const together = context.training && context.kernels === 'stride';
  const passOf = (within: Context, layers: readonly Layer[], index: number, x: Values, from: Shape) =>
    together
      ? trainingPass(within, layers, index, x, from)
      : operationFor(layers[index] as Layer)(within, layers[index] as Layer, x, from);
  const layers = enabledLayers(layer.layers);
  let values = input;
  let shape: Shape = inputShape;
  for (const [index, inner] of layers.entries()) {
    const pass = passOf(context.within(`layers.${index}`), layers, index, values, shape);
    passes.push(pass);
    values = pass.output;
    shape = layerKind(inner).outputShape(inner, shape);
    within.push({ place: `layers.${index}`, pass, shape });
  }
  const beside = shortcut(layer, inputShape);
  const side = beside ? passOf(context.within('shortcut'), [beside], 0, input, inputShape) : undefined;
  const around = side?.output ?? input;
  if (side) within.push({ place: 'shortcut', pass: side, shape });
  const isNormalised = enabledLayers(layer.layers).at(-1)?.type === 'batchNorm2d';
  const alike = shape.kind === 'map' ? laidOut(context, around, shape, layoutOf(values)) : around;
  return {
    inner: within,
    output: {
      layout: values.layout,
      shards: values.shards.map((y, shard) =>
        add(g, isNormalised ? notMerged(g, y) : y, alike.shards[shard] as typeof y),
      ),
    },
    backward(gradients, needsInput) {
      // The first inner layer's input gradient is needed only if the block's is.
      const through = passes.reduceRight<typeof gradients | undefined>(
        (dy, pass, index) => (dy ? pass.backward(dy, needsInput || index > 0) : undefined),
        gradients,
      );
      const along =
        shape.kind === 'map' && layoutOf(values) !== layoutOf(around)
          ? gradientsLaidOut(context, gradients, shape, [layoutOf(values), layoutOf(around)])
          : gradients;
      const past = side ? side.backward(along, needsInput) : along;
      if (!needsInput || !through || !past) return undefined;
      const sums = through.shards.map((dx, shard) =>
        add(g, dx.tensor, (past.shards[shard] as Gradient).tensor),
      );
      return gradientsOf(g, flattenedFrom ? sums.map((dx) => toChannelsLast(g, dx, flattenedFrom)) : sums);
    },
  };
};
