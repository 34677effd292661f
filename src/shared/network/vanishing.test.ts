import { expect, test } from 'vitest';
import { parseNetwork } from './network.ts';
import { summarize } from './shapes.ts';
import { tenSigmoidLayers } from './vanishing.ts';

test('the example has ten sigmoids, fits the data set, and has its classes', () => {
  const network = tenSigmoidLayers({ height: 32, width: 32, channels: 3 }, 7);
  const { layers, output } = summarize(parseNetwork(network));
  expect(layers.filter(({ layer }) => layer.type === 'activation')).toHaveLength(10);
  expect(output).toEqual({ kind: 'flat', features: 7 });
});
