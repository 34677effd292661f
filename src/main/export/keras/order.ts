/**
 * The order in which Keras lists the layers of a functional model: by their distance from the output, the
 * farthest first, and among equals in the order in which a traversal from the output back reaches them
 * (`map_graph` in Keras' src/ops/function.py). Weights in a `.keras` file are identified by a layer's class
 * and its position in that order.
 */
import type { KerasLayer } from './layers.ts';

export function inKerasOrder(graph: readonly KerasLayer[]): KerasLayer[] {
  const byName = new Map(graph.map((layer) => [layer.name, layer]));
  const met = new Map<string, number>();
  const follow = (name: string): void => {
    if (met.has(name)) return;
    met.set(name, met.size);
    for (const input of byName.get(name)?.inputs ?? []) follow(input);
  };
  const output = graph.at(-1);
  if (!output) return [];
  follow(output.name);
  const depths = new Map<string, number>();
  // Each layer comes after its inputs, so in reverse order every depth is known before it is passed on.
  for (const { name, inputs } of graph.toReversed()) {
    const depth = depths.get(name) ?? 0;
    depths.set(name, depth);
    for (const input of inputs) depths.set(input, Math.max(depths.get(input) ?? 0, depth + 1));
  }
  const depth = ({ name }: KerasLayer) => depths.get(name) ?? 0;
  const place = ({ name }: KerasLayer) => met.get(name) ?? 0;
  return graph.toSorted((a, b) => depth(b) - depth(a) || place(a) - place(b));
}
