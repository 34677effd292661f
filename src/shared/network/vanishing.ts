/** An example net whose gradients vanish: ten sigmoid layers behind one another. */
import type { Network } from './network.ts';

const depth = 10;
const units = 32;

/** The slope of a sigmoid is at most 1/4, so each of the layers makes the gradient that flows back smaller. */
export function tenSigmoidLayers(input: Network['input'], classes: number): Network {
  const layer = [
    { type: 'linear', units },
    { type: 'activation', function: 'sigmoid' },
  ] as const;
  return {
    name: 'ten-sigmoid-layers',
    input,
    layers: [
      { type: 'flatten' },
      ...Array.from({ length: depth }, () => layer).flat(),
      { type: 'linear', units: classes },
    ],
  };
}
