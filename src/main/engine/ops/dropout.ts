/**
 * Dropout. The mask is a function of seed, step, layer and shard (a stateless generator), so that a resumed
 * run draws the same numbers as an uninterrupted one.
 */
import { type Dropout, dropoutDefaults } from '../../../shared/layers/dropout.ts';
import {
  cast,
  greaterEqual,
  multiply,
  scalar,
  shape as shapeOp,
  statelessUniform,
} from '../graph/operations.ts';
import { type Operation, perShard } from './op.ts';

export const dropout: Operation<Dropout> = (context, layer, input) => {
  const { g, training } = context;
  const p = layer.p ?? dropoutDefaults.p;
  if (!training || p === 0) return perShard(context, input, (x) => ({ y: x, backward: (dy) => dy }));
  return perShard(context, input, (x, shard) => {
    const drawn = statelessUniform(g, shapeOp(g, x), context.randomSeed(shard));
    const kept = cast(g, greaterEqual(g, drawn, scalar(g, p)), 'float32');
    const mask = multiply(g, kept, scalar(g, 1 / (1 - p)));
    return { y: multiply(g, x, mask), backward: (dy) => multiply(g, dy.tensor, mask) };
  });
};
