import { expect, test } from 'vitest';
import { FakeLab, sampleRun } from '../../../../test/support/fakeLab.ts';
import { presets, findPreset } from '../../../shared/network/presets.ts';
import { runsOfNetwork } from './runsOfNetwork.ts';

const { network } = findPreset('course')!;

test('gives runs of these layers that have an epoch behind them, whatever the net was called', async () => {
  const renamed = { ...network, name: 'mine' };
  const narrower = { ...network, layers: network.layers.map((layer) => ({ ...layer, disabled: true })) };
  const lab = new FakeLab().answer('runs.query', () => ({
    runs: [4, 3, 2, 1],
    rows: [
      sampleRun({ id: 4, epochsDone: 0 }),
      sampleRun({ id: 3, epochsDone: 2, network: renamed }),
      sampleRun({ id: 2, epochsDone: 1, network: narrower }),
      sampleRun({ id: 1, epochsDone: 1 }),
    ],
    counts: { active: 4, archived: 0, deleted: 0 },
  }));
  expect((await runsOfNetwork(lab, network)).map(({ id }) => id)).toEqual([3, 1]);
  expect(lab.asked).toEqual([['runs.query', { filter: 'parameters:8490', rows: 200 }]]);
});

test('asks nothing for a net that does not fit', async () => {
  const lab = new FakeLab();
  const tooSmall = { ...presets[0]!.network, input: { height: 4, width: 4, channels: 1 } };
  expect(await runsOfNetwork(lab, tooSmall)).toEqual([]);
  expect(lab.asked).toEqual([]);
});
