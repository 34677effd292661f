import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { usualMegabytes } from '../src/shared/inspect/epochStates.ts';
import { findPreset } from '../src/shared/network/presets.ts';
import { summarize } from '../src/shared/network/shapes.ts';
import { type Checkpoint, parameterKey } from '../src/shared/runs/checkpoint.ts';
import { initialParameters, parametersOf } from '../src/main/engine/compile/parameters.ts';
import { Generator } from '../src/main/engine/random/generator.ts';
import { epochStates } from '../src/main/checkpoints/epochStates.ts';

const folder = mkdtempSync(join(tmpdir(), 'stride-states-'));
afterAll(() => rmSync(folder, { recursive: true }));

const states = epochStates(
  (run) => join(folder, String(run)),
  (run) => ({ manifest: { run, identity: 'a'.repeat(32) }, fromBefore: false }),
);

/** The course net's parameters as seed `epoch` draws them, at the end of that epoch. */
function stateAfter(epoch: number): Checkpoint {
  const { network, settings } = findPreset('course')!;
  const specs = parametersOf(summarize(network));
  const drawn = initialParameters(specs, new Generator(epoch), settings.initialisation);
  const sums = { runningSum: 0, epochLossSum: 0, epochImages: 0, epochSeconds: 0 };
  return {
    tensors: drawn.map((tensor) => ({ ...tensor, name: parameterKey(tensor.name) })),
    progress: {
      ...{ format: 1 as const, step: 938 * epoch, epoch: epoch + 1, batch: 0, ...sums },
      ...{ random: new Generator(0).state(), orderSeed: '', shards: 2, layers: [] },
      kernels: 'tensorflow',
      ...{ stopping: { best: null, waited: 0 }, learningRates: [] },
    },
  };
}

it('keeps all of thirty epochs of the course net within the usual budget', async () => {
  for (let epoch = 1; epoch <= 30; epoch += 1)
    await states.keep(1, epoch, stateAfter(epoch), { megabytes: usualMegabytes, best: epoch });
  expect(await states.list(1)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(await states.bytes(1)).toBeLessThanOrEqual(usualMegabytes * 1e6);
});

it('keeps within a smaller budget the first two, the best and the newest, and fewer later than early ones', async () => {
  const one = (await states.bytes(1)) / 30;
  const megabytes = (10.5 * one) / 1e6;
  for (let epoch = 1; epoch <= 30; epoch += 1)
    await states.keep(2, epoch, stateAfter(epoch), { megabytes, best: 17 });
  const kept = await states.list(2);
  expect(kept).toHaveLength(10);
  expect(kept).toEqual(expect.arrayContaining([1, 2, 17, 30]));
  expect(await states.bytes(2)).toBeLessThanOrEqual(megabytes * 1e6);
});

it('reads a state again from its file once that is another one', async () => {
  const valueOf = async () => (await states.read(1, 3))?.checkpoint.tensors[0]?.data[0];
  const before = await valueOf();
  expect(before).toBe(stateAfter(3).tensors[0]?.data[0]);
  expect(await valueOf()).toBe(before);
  await states.keep(1, 3, stateAfter(4), { megabytes: usualMegabytes, best: null });
  expect(await valueOf()).toBe(stateAfter(4).tensors[0]?.data[0]);
  // What a resumed run had written later is gone.
  expect(await states.read(1, 4)).toBeNull();
});
