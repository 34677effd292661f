/**
 * Compares ten runs of the course net as a sweep, with as many workers as cores, with the same ten one after
 * another, each on all cores: issue 4 requires at most 0.95 of the time.
 *
 *     node scripts/bench/sweep.ts [epochs, 1] [runs, 10] [rounds, 1]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type Lab, createLab } from '../../src/main/lab/lab.ts';
import { findPreset } from '../../src/shared/network/presets.ts';

const [epochs = 1, runs = 10, rounds = 1] = process.argv.slice(2).map(Number);
const preset = findPreset('course');
if (!preset) throw new Error('there is no course net');
const { network } = preset;
const settings = { ...preset.settings, epochs };
const seeds = Array.from({ length: runs }, (_, seed) => seed);

/** Returns the seconds until all runs are finished, in a separate lab. */
async function time(begin: (lab: Lab) => Promise<unknown>): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'stride-bench-'));
  const source = (path: string) => new URL(`../../src/main/${path}`, import.meta.url);
  const [workerPath, importerPath] = [source('engine/worker.ts'), source('datasets/import/importThread.ts')];
  const lab = await createLab({ home, host: 'terminal', workerPath, importerPath });
  const finished = new Set<number>();
  const all = new Promise<void>((resolve, reject) => {
    lab.on('run.changed', ({ id, status, problem }) => {
      if (status === 'failed') reject(new Error(problem?.message));
      if (status === 'finished') finished.add(id);
      if (finished.size === runs) resolve();
    });
  });
  const began = performance.now();
  await begin(lab);
  await all;
  const seconds = (performance.now() - began) / 1000;
  await lab.close();
  await rm(home, { recursive: true });
  return seconds;
}

const sweep = () =>
  time((lab) => lab.call('sweeps.start', { sweep: { network, settings, axes: [], seeds } }));
const inTurn = () =>
  time((lab) =>
    lab.call('runs.start', {
      runs: seeds.map((seed) => ({ network, settings: { ...settings, seed } })),
      together: false,
    }),
  );

let [sweeps, turns] = [0, 0];
for (let round = 0; round < rounds; round += 1) {
  // The kinds take turns, in reverse order in every second round, so that a busier machine favours neither.
  for (const kind of round % 2 === 0 ? ['sweep', 'turns'] : ['turns', 'sweep']) {
    if (kind === 'sweep') sweeps += await sweep();
    else turns += await inTurn();
  }
}
console.log(
  `${runs} runs of ${epochs} epochs: sweep on ${availableParallelism()} workers ${(sweeps / rounds).toFixed(1)} s, ` +
    `one after another ${(turns / rounds).toFixed(1)} s, ratio ${(sweeps / turns).toFixed(3)}`,
);
