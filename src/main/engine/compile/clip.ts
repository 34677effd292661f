/** Gradient clipping, as `torch.nn.utils.clip_grad_norm_` and `clip_grad_value_`. */
import type { TrainingSettings } from '../../../shared/training/training.ts';
import type { Graph, Tensor } from '../graph/graph.ts';
import {
  add,
  addN,
  divide,
  maximum,
  minimum,
  multiply,
  reshape,
  scalar,
  square,
  squareRoot,
  sum,
} from '../graph/operations.ts';

/** Clips all gradients together; the keys do not matter. */
export function clip<K>(
  g: Graph,
  gradients: ReadonlyMap<K, Tensor>,
  clipping: TrainingSettings['clipping'],
): ReadonlyMap<K, Tensor> {
  if (!clipping) return gradients;
  const { type, maximum: limit } = clipping;
  const change =
    type === 'value'
      ? (x: Tensor) => maximum(g, minimum(g, x, scalar(g, limit)), scalar(g, -limit))
      : scaling(g, [...gradients.values()], limit);
  return new Map([...gradients].map(([name, gradient]) => [name, change(gradient)]));
}

/** Returns a function that multiplies a gradient by min(1, limit / (norm + 1e-6)). */
function scaling(g: Graph, gradients: readonly Tensor[], limit: number): (x: Tensor) => Tensor {
  const norm = squareRoot(
    g,
    addN(
      g,
      gradients.map((x) => sum(g, reshape(g, square(g, x), [-1]), [0])),
    ),
  );
  const factor = minimum(g, divide(g, scalar(g, limit), add(g, norm, scalar(g, 1e-6))), scalar(g, 1));
  return (x) => multiply(g, x, factor);
}
