/** Every rule reports its case, ignores others, and has a fix that removes the finding. */
import { expect, test } from 'vitest';
import { randomNetworks } from '../../../test/support/randomNetworks.ts';
import { toPyTorch } from '../code/pytorch.ts';
import type { Layer } from '../layers/index.ts';
import { lintCodes, lintNetwork, type LintOptions } from './lint.ts';
import type { Network } from '../network/network.ts';
import { presets } from '../network/presets.ts';
import { summarize, walkNetwork } from '../network/shapes.ts';

const conv = (filters: number, kernelSize: number, options: object = {}): Layer => ({
  type: 'conv2d',
  filters,
  kernelSize,
  ...options,
});
const act = (name: 'relu' | 'sigmoid' | 'tanh' | 'gelu' = 'relu'): Layer => ({
  type: 'activation',
  function: name,
});
const linear = (units: number): Layer => ({ type: 'linear', units });
const pool = (kernelSize: number, options: object = {}): Layer => ({
  type: 'maxPool2d',
  kernelSize,
  ...options,
});
const flatten: Layer = { type: 'flatten' };
const norm: Layer = { type: 'batchNorm2d' };
const dropout = (p = 0.5): Layer => ({ type: 'dropout', p });

const net = (...layers: Layer[]): Network => ({
  name: 'net',
  input: { height: 28, width: 28, channels: 1 },
  layers,
});
const head = [flatten, linear(10)];
const codes = (network: Network, options: LintOptions = { classes: 10 }) =>
  lintNetwork(network, options).map(({ code }) => code);

test("the presets: nothing to say of the course's; three linear layers and a lost border in the homework's", () => {
  const [course, homework] = presets.map(({ network }) =>
    lintNetwork(network, { classes: 10, normalisation: 'course' }),
  );
  expect(course).toEqual([]);
  expect(homework).toMatchObject([
    { code: 'linear-chain', severity: 'warning', positions: [10, 11, 12], parameters: { count: 3 } },
    {
      code: 'border-lost',
      severity: 'hint',
      positions: [4],
      parameters: { rows: 1, columns: 1, height: 13 },
    },
  ]);
  const mended = homework?.[0]?.fix;
  expect(mended?.layers.slice(9).map(({ type }) => type)).toEqual([
    'flatten',
    'linear',
    'activation',
    'linear',
    'activation',
    'linear',
  ]);
});

/** Code, layers with the finding, its positions, layers without it. */
const cases: [string, Layer[], number[], Layer[], LintOptions?][] = [
  ['no-activation', [conv(4, 3), pool(2), ...head], [0, 3], [conv(4, 3), act(), ...head]],
  [
    'linear-chain',
    [conv(4, 3), act(), flatten, linear(20), dropout(), linear(10)],
    [3, 5],
    [flatten, linear(20), act(), linear(10)],
  ],
  [
    'conv-chain',
    [conv(4, 3), conv(4, 3), act(), ...head],
    [0, 1],
    [conv(4, 3), pool(2), conv(4, 3), act(), ...head],
  ],
  [
    'mixed-chain',
    [conv(4, 3), act(), conv(4, 3), norm, ...head],
    [2, 5],
    [conv(4, 3), act(), conv(4, 3), norm, act(), ...head],
  ],
  [
    'dataset-size',
    [conv(4, 3), act(), ...head],
    [0],
    [],
    { images: { name: 'Cats', height: 32, width: 32, channels: 3 } },
  ],
  ['output-classes', [conv(4, 3), act(), flatten, linear(9)], [3], [conv(4, 3), act(), ...head]],
  ['output-classes', [conv(4, 3), act()], [1], [conv(4, 3), act(), ...head]],
  ['output-activation', [conv(4, 3), act(), ...head, act()], [4], [conv(4, 3), act(), ...head]],
  [
    'output-dropout',
    [conv(4, 3), act(), ...head, dropout()],
    [4],
    [conv(4, 3), act(), flatten, dropout(), linear(10)],
  ],
  [
    'saturating-input',
    [conv(4, 3), act('tanh'), ...head],
    [1],
    [conv(4, 3), act(), ...head],
    { normalisation: 'none' },
  ],
  [
    'vanishing',
    [conv(4, 3), act('sigmoid'), conv(4, 3), act('sigmoid'), conv(4, 3), act('sigmoid'), ...head],
    [1, 3, 5],
    [conv(4, 3), act('sigmoid'), ...head],
  ],
  ['repeated-activation', [conv(4, 3), act(), act(), ...head], [1, 2], [conv(4, 3), act(), ...head]],
  ['stacked-activations', [conv(4, 3), act(), act('tanh'), ...head], [1, 2], [conv(4, 3), act(), ...head]],
  [
    'activation-before-pool',
    [conv(4, 3), act(), pool(2), ...head],
    [1, 2],
    [conv(4, 3), act('gelu'), pool(2), ...head],
  ],
  [
    'bias-before-batch-norm',
    [conv(4, 3), norm, act(), ...head],
    [0, 1],
    [conv(4, 3, { bias: false }), norm, act(), ...head],
  ],
  [
    'dropout-before-batch-norm',
    [conv(4, 3), act(), dropout(), norm, ...head],
    [2, 3],
    [conv(4, 3), norm, act(), dropout(), ...head],
  ],
  [
    'beyond-map',
    [conv(4, 5, { stride: 9 }), act(), conv(4, 5, { padding: 2 }), act(), ...head],
    [2],
    [conv(4, 5, { padding: 2 }), act(), ...head],
  ],
  [
    'window-gaps',
    [conv(4, 2, { stride: 3 }), act(), ...head],
    [0],
    [conv(4, 3, { stride: 3 }), act(), ...head],
  ],
  ['border-lost', [conv(4, 2), act(), pool(2), ...head], [2], [conv(4, 3), act(), pool(2), ...head]],
  [
    'border-lost',
    [conv(4, 3, { stride: 2 }), act(), ...head],
    [0],
    [conv(4, 3, { stride: 2, padding: 1 }), act(), ...head],
  ],
  [
    'pool-stride-one',
    [conv(4, 3), act(), pool(2, { stride: 1 }), ...head],
    [2],
    [conv(4, 3), act(), pool(2), ...head],
  ],
  ['even-kernel', [conv(4, 4, { padding: 2 }), act(), ...head], [0], [conv(4, 4), act(), ...head]],
  ['large-kernel', [conv(4, 11), act(), ...head], [0], [conv(4, 5), act(), ...head]],
  ['map-exhausted', [conv(4, 28), act(), conv(4, 1), act(), ...head], [0, 2], [conv(4, 28), act(), ...head]],
  [
    'field-before-average',
    [conv(10, 3), act(), { type: 'globalAveragePool' }],
    [2],
    [conv(10, 3), act(), ...head],
  ],
  ['field-before-flatten', [conv(4, 3), act(), ...head], [2], [conv(4, 9), act(), ...head]],
  [
    'heavy-layer',
    [conv(8, 5), act(), flatten, linear(50), act(), linear(10)],
    [3],
    [conv(8, 5), act(), pool(6), ...head],
  ],
  ['huge-flatten', [conv(16, 3), act(), ...head], [2], [conv(8, 3), act(), ...head]],
  [
    'bottleneck',
    [conv(4, 3), act(), flatten, linear(6), act(), linear(10)],
    [3],
    [conv(4, 3), act(), flatten, linear(16), act(), linear(10)],
  ],
  ['no-effect', [conv(4, 3), act(), dropout(0), ...head], [2], [conv(4, 3), act(), dropout(), ...head]],
  ['no-effect', [conv(4, 3), act(), pool(1), ...head], [2], [conv(4, 3), act(), pool(2), ...head]],
  ['no-effect', [conv(4, 3), act(), flatten, flatten, linear(10)], [3], [conv(4, 3), act(), ...head]],
];

test.each(cases)('%s', (code, bad, positions, good, options = {}) => {
  const all = { classes: 10, ...options };
  const found = lintNetwork(net(...bad), all).find((finding) => finding.code === code);
  expect(found?.positions).toEqual(positions);
  expect(codes(net(...good), all)).not.toContain(code);
  if (found?.fix) {
    const mended = lintNetwork(found.fix, all).filter((finding) => finding.code === code);
    expect(mended).toEqual([]);
  }
});

test('a net that takes images of another size than the chosen data set has follows it', () => {
  const images = { name: 'Cats', height: 32, width: 24, channels: 3 };
  const [found] = lintNetwork(net(conv(8, 3), act(), ...head), { images });
  expect(found).toMatchObject({
    ...{ code: 'dataset-size', severity: 'warning', positions: [0] },
    parameters: { dataset: 'Cats', size: '3×32×24', input: '1×28×28' },
    fix: { input: { height: 32, width: 24, channels: 3 } },
  });
  expect(codes(found!.fix!, { images })).not.toContain('dataset-size');
  // There is no fix where the layers do not fit the images.
  const tiny = { ...images, height: 4 };
  const unmended = lintNetwork(net(conv(8, 9), act(), ...head), { images: tiny });
  expect(unmended.find(({ code }) => code === 'dataset-size')).not.toHaveProperty('fix');
});

test('every code is shown to bite', () => {
  const shown = new Set([...cases.map(([code]) => code)]);
  expect(lintCodes.filter((code) => !shown.has(code))).toEqual([]);
});

test('fixes are offered where they are safe, and always fit together', () => {
  const offered = cases.filter(([code, bad, , , options]) =>
    lintNetwork(net(...bad), { classes: 10, ...options }).some(
      (finding) => finding.code === code && finding.fix,
    ),
  );
  expect(offered.length).toBeGreaterThan(15);
  for (const network of randomNetworks(200)) {
    for (const { fix, code, positions } of lintNetwork(network, { classes: 10, normalisation: 'none' })) {
      expect(lintCodes).toContain(code);
      expect(positions.every((position) => position < network.layers.length)).toBe(true);
      if (fix) expect(() => summarize(fix)).not.toThrow();
    }
  }
});

test('disabled layers are not spoken of, and positions count them', () => {
  const network = net(conv(4, 3), { ...act('sigmoid'), disabled: true }, act(), act(), ...head);
  expect(lintNetwork(network, { classes: 10 })[0]).toMatchObject({
    code: 'repeated-activation',
    positions: [2, 3],
  });
});

test('a net that does not fit together is linted as far as it goes', () => {
  const network = net(conv(4, 3), act(), act(), conv(4, 40), ...head);
  expect(walkNetwork(network).problem?.position).toBe(3);
  expect(codes(network)).toEqual(['repeated-activation']);
});

test('an activation and a max-pool the other way round give the same net', () => {
  const [found] = lintNetwork(net(conv(4, 3), act(), pool(2), ...head), { classes: 10 }).filter(
    ({ code }) => code === 'activation-before-pool',
  );
  expect(found?.parameters).toEqual({ function: 'relu', times: 4 });
  expect(toPyTorch(found?.fix as Network)).toContain('F.relu(self.pooling(self.conv1(x)))');
});
