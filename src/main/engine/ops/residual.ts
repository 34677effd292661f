/**
 * A residual block: the output of its layers plus its input, which goes through a 1×1 convolution if the
 * shapes differ.
 */
import { enabledLayers, layerKind } from '../../../shared/layers/index.ts';
import { type Residual, shortcut } from '../../../shared/layers/residual.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import { add } from '../graph/operations.ts';
import {
  type Gradient,
  type InnerPass,
  type Operation,
  type Pass,
  type Values,
  flattenedFromOf,
  gradientsOf,
} from './op.ts';
import { gradientsLaidOut, laidOut, layoutOf } from './layouts.ts';
import { conv2d } from './conv2d.ts';
import { toChannelsFirst, toChannelsLast } from './flatten.ts';
import { operationFor } from './index.ts';

export const residual: Operation<Residual> = (context, layer, given, inputShape) => {
  const { g } = context;
  // Inside a block of linear layers, both branches must give their features in one order.
  const flattenedFrom = flattenedFromOf(given);
  const input: Values = flattenedFrom
    ? { shards: given.shards.map((x) => toChannelsFirst(g, x, flattenedFrom)), layout: { kind: 'flat' } }
    : given;
  const passes: Pass[] = [];
  const within: InnerPass[] = [];
  let values = input;
  let shape: Shape = inputShape;
  for (const [index, inner] of enabledLayers(layer.layers).entries()) {
    const pass = operationFor(inner)(context.within(`layers.${index}`), inner, values, shape);
    passes.push(pass);
    values = pass.output;
    shape = layerKind(inner).outputShape(inner, shape);
    within.push({ place: `layers.${index}`, pass, shape });
  }
  const beside = shortcut(layer, inputShape);
  const side = beside ? conv2d(context.within('shortcut'), beside, input, inputShape) : undefined;
  const around = side?.output ?? input;
  if (side) within.push({ place: 'shortcut', pass: side, shape });
  const alike = shape.kind === 'map' ? laidOut(context, around, shape, layoutOf(values)) : around;
  return {
    inner: within,
    output: {
      layout: values.layout,
      shards: values.shards.map((y, shard) => add(g, y, alike.shards[shard] as typeof y)),
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
