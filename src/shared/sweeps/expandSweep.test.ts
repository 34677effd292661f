import { describe, expect, test } from 'vitest';
import { randomBits, randomUnit } from '../base/counterRandom.ts';
import { expandSweep } from './expandSweep.ts';
import { findPreset } from '../network/presets.ts';
import { Problem } from '../base/problem.ts';
import { type Sweep, sweepSchema } from './sweeps.ts';

const { network, settings } = findPreset('course')!;

function sweep(change: Partial<Record<keyof Sweep, unknown>>): Sweep {
  return sweepSchema.parse({ network, settings, axes: [], ...change });
}

const labels = (change: Parameters<typeof sweep>[0]) => expandSweep(sweep(change)).map(({ label }) => label);

function problem(change: Parameters<typeof sweep>[0]): Problem {
  try {
    expandSweep(sweep(change));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

const rate = { path: 'optimizer.learningRate', values: [0.01, 0.02] };
const batch = { path: 'batchSize', values: [32, 64] };

describe('a grid', () => {
  test('all combinations in order, each with each seed', () => {
    const combinations = expandSweep(sweep({ axes: [rate, batch], seeds: [0, 7] }));
    expect(combinations.map(({ label }) => label)).toEqual([
      'lr=0.01 batch=32',
      'lr=0.01 batch=64',
      'lr=0.02 batch=32',
      'lr=0.02 batch=64',
    ]);
    const runs = combinations.flatMap(({ runs }) => runs);
    expect(runs.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(runs[3]).toMatchObject({
      combination: 1,
      name: 'lr=0.01 batch=64 · seed 7',
      dataset: 'mnist',
      network,
      settings: {
        ...settings,
        seed: 7,
        batchSize: 64,
        optimizer: { ...settings.optimizer, learningRate: 0.01 },
      },
    });
    expect(runs[6]?.settings).toMatchObject({ seed: 0, optimizer: { learningRate: 0.02, momentum: 0.5 } });
  });

  test('without axes: the base configuration, once a seed', () => {
    const [only, ...others] = expandSweep(sweep({ seeds: [1, 2] }));
    expect(others).toEqual([]);
    expect(only?.runs.map(({ name }) => name)).toEqual(['course · seed 1', 'course · seed 2']);
  });

  test('ranges: the ends are what was given, and what is between is as people write it', () => {
    const path = 'optimizer.learningRate';
    expect(labels({ axes: [{ path, range: { from: 0.1, to: 0.5, steps: 5 } }] })).toEqual([
      'lr=0.1',
      'lr=0.2',
      'lr=0.3',
      'lr=0.4',
      'lr=0.5',
    ]);
    const log = expandSweep(
      sweep({ axes: [{ path, range: { from: 0.001, to: 0.1, steps: 3, scale: 'log' } }] }),
    );
    expect(log.map(({ runs }) => runs[0]?.settings.optimizer.learningRate)).toEqual([0.001, 0.01, 0.1]);
    expect(
      labels({ axes: [{ path: 'batchSize', range: { from: 16, to: 128, steps: 4, scale: 'log' } }] }),
    ).toEqual(['batch=16', 'batch=32', 'batch=64', 'batch=128']);
    expect(labels({ axes: [{ path: 'epochs', range: { from: 1, to: 3, steps: 9, whole: true } }] })).toEqual([
      'epochs=1',
      'epochs=2',
      'epochs=3',
    ]);
  });

  test('whole optimizers and nets, and fields of what was put in', () => {
    const { network: homework } = findPreset('homework')!;
    const combinations = expandSweep(
      sweep({
        axes: [
          { path: 'optimizer.learningRate', values: [0.003] },
          {
            path: 'optimizer',
            values: ['adam', { type: 'sgd', momentum: 0.9 }, { type: 'sgd', nesterov: false }],
          },
          { path: 'network', values: [network, homework] },
        ],
      }),
    );
    expect(combinations.map(({ label }) => label)).toEqual([
      'lr=0.003 optimizer=adam net=course',
      'lr=0.003 optimizer=adam net=homework',
      'lr=0.003 optimizer=sgd(momentum=0.9) net=course',
      'lr=0.003 optimizer=sgd(momentum=0.9) net=homework',
      'lr=0.003 optimizer=sgd(nesterov=false) net=course',
      'lr=0.003 optimizer=sgd(nesterov=false) net=homework',
    ]);
    expect(combinations[0]?.runs[0]?.settings.optimizer).toMatchObject({
      type: 'adam',
      learningRate: 0.003,
      beta1: 0.9,
    });
    expect(combinations[3]?.runs[0]).toMatchObject({
      network: { name: 'homework' },
      settings: { optimizer: { type: 'sgd', learningRate: 0.003, momentum: 0.9 } },
    });
  });

  test('a field of a layer; nets of the same name are numbered', () => {
    const combinations = expandSweep(sweep({ axes: [{ path: 'network.layers.3.filters', values: [5, 6] }] }));
    expect(combinations.map(({ label }) => label)).toEqual(['layers.3.filters=5', 'layers.3.filters=6']);
    expect(combinations[1]?.runs[0]?.network.layers[3]).toMatchObject({ type: 'conv2d', filters: 6 });
    const other = { ...network, layers: [{ type: 'flatten' }, { type: 'linear', units: 10 }] };
    expect(labels({ axes: [{ path: 'network', values: [network, other] }] })).toEqual([
      'net=course#1',
      'net=course#2',
    ]);
  });

  test('fields that end alike are told apart', () => {
    const combinations = labels({
      settings: { ...settings, schedule: { type: 'cosine' } },
      axes: [
        { path: 'optimizer.type', values: ['sgd'] },
        { path: 'schedule.type', values: ['cosine'] },
      ],
    });
    expect(combinations).toEqual(['optimizer.type=sgd schedule.type=cosine']);
  });

  test('a long label leaves the seed readable', () => {
    const name = 'n'.repeat(80);
    const values = [{ ...network, name }];
    const layers = network.layers
      .slice(0, 7)
      .map((_, i) => ({ path: `network.layers.${i}.disabled`, values: [false] }));
    const [combination] = expandSweep(
      sweep({ axes: [{ path: 'network', values }, ...layers], seeds: [123] }),
    );
    expect(combination?.runs[0]?.name).toHaveLength(120);
    expect(combination?.runs[0]?.name).toMatch(/… · seed 123$/);
  });
});

describe('random', () => {
  const path = 'optimizer.learningRate';
  const range = { path, range: { from: 0.001, to: 0.1, scale: 'log' } };

  test('the same for the same seed, others for another, and the first ones stay when more are asked for', () => {
    const rates = (random: number, seed: number) =>
      expandSweep(sweep({ axes: [range, batch], mode: { random, seed } })).map(({ runs }) => [
        runs[0]?.settings.optimizer.learningRate,
        runs[0]?.settings.batchSize,
      ]);
    const five = rates(5, 1);
    expect(five).toEqual(rates(5, 1));
    expect(rates(9, 1).slice(0, 5)).toEqual(five);
    expect(rates(5, 2)).not.toEqual(five);
    const many = rates(400, 3).map(([value]) => value as number);
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0.001);
    expect(Math.max(...many)).toBeLessThanOrEqual(0.1);
    // On a logarithmic scale half of them lie below the geometric mean.
    expect(many.filter((value) => value < 0.01).length / 400).toBeCloseTo(0.5, 1);
  });

  test('out of lists: none twice, and all where all are asked for', () => {
    const axes = [{ path: 'batchSize', values: Array.from({ length: 40 }, (_, i) => i + 1) }, rate];
    for (const random of [10, 79, 80, 500]) {
      const drawn = labels({ axes, mode: { random, seed: 5 } });
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(drawn).toHaveLength(Math.min(random, 80));
    }
  });

  test('a range of whole numbers gives no more than it has', () => {
    const whole = { path: 'epochs', range: { from: 1, to: 3, whole: true } };
    expect(labels({ axes: [whole], mode: { random: 10, seed: 0 } }).sort()).toEqual([
      'epochs=1',
      'epochs=2',
      'epochs=3',
    ]);
  });

  test('SplitMix64 as its authors have it', () => {
    // The first outputs for seed 1234567, as in the reference implementation's test vectors.
    expect([0, 1, 2].map((index) => randomBits(1234567, index))).toEqual([
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
    ]);
    expect(randomUnit(0, 0)).toBe(randomUnit(0, 0));
  });
});

describe('what is wrong is found before anything starts, and named', () => {
  test.each([
    [{ axes: [{ path: 'lr', values: [1] }] }, 'sweep.field', 'there is no field "lr"'],
    [
      { axes: [{ path: 'optimizer.lr', values: [1] }] },
      'sweep.combination',
      'combination "lr=1": optimizer has no field "lr"',
    ],
    [{ axes: [{ path: 'optimizer.momentum', values: [0.5, 1] }] }, 'sweep.combination', '"momentum=1"'],
    [
      { axes: [{ path: 'batchSize', values: [32, '64x'] }] },
      'sweep.combination',
      '"batch=64x": batch size must be a number',
    ],
    [
      { axes: [{ path: 'batchSize', range: { from: 1, to: 2, steps: 3 } }] },
      'sweep.combination',
      '"batch=1.5"',
    ],
    [{ axes: [{ path: 'network.layers.9.filters', values: [3] }] }, 'sweep.combination', 'no field'],
    [{ axes: [{ path: 'network.layers.length', values: [3] }] }, 'sweep.combination', 'no field'],
    [
      { axes: [{ path: 'network.layers.3.filter', values: [3] }] },
      'sweep.combination',
      'the layer has no field "filter"',
    ],
    [
      { axes: [{ path: 'network.layers.3.kernelSize', values: [3, 20] }] },
      'sweep.combination',
      'kernel 20 does not fit',
    ],
    [
      { axes: [{ path: 'clipping.maximum', values: [1] }] },
      'sweep.combination',
      'no field "clipping.maximum"',
    ],
    [{ axes: [{ path: 'optimizer', values: ['sdg'] }] }, 'sweep.combination', '"optimizer=sdg"'],
    [{ axes: [{ path: 'dataset', values: [5] }] }, 'sweep.combination', 'dataset'],
    [
      { axes: [{ path: 'earlyStopping', values: [{ metric: 'validationLoss', patience: 2 }] }] },
      'sweep.combination',
      'no validation images',
    ],
    [{ axes: [rate, rate] }, 'sweep.axis-twice', 'is given twice'],
    [{ axes: [{ path: 'seed', values: [1] }] }, 'sweep.seed', 'list of seeds'],
    [{ axes: [{ path: 'labelSmoothing', range: { from: 0, to: 0.1 } }] }, 'sweep.steps', 'give steps'],
    [
      {
        axes: [{ path: 'labelSmoothing', range: { from: 0, to: 0.5, steps: 999 } }],
        seeds: Array.from({ length: 11 }, (_, i) => i),
      },
      'sweep.too-many',
      '10989 runs',
    ],
    [{ axes: [rate, batch], mode: { random: 10_000 }, seeds: [1, 2] }, 'sweep.too-many', '20000 runs'],
  ])('%j', (change, code, message) => {
    expect(problem(change)).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test.each(['__proto__', 'a b', '', '.x', 'x.', 'constructor.__proto__', '3'])('a path like %j', (path) => {
    expect(sweepSchema.safeParse({ network, settings, axes: [{ path, values: [1] }] }).success).toBe(false);
  });

  test('objects that every object has are no fields', () => {
    for (const path of ['constructor', 'constructor.name', 'toString', 'optimizer.constructor.name']) {
      expect(problem({ axes: [{ path, values: [1] }] }).code).toMatch(/^sweep\.(field|combination)$/);
    }
  });
});

test('ten thousand runs are expanded while one waits', () => {
  const began = performance.now();
  const combinations = expandSweep(
    sweep({
      axes: [{ path: 'labelSmoothing', range: { from: 0, to: 0.5, steps: 1000 } }],
      seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    }),
  );
  expect(combinations).toHaveLength(1000);
  expect(performance.now() - began).toBeLessThan(5000);
});
