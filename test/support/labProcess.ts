/**
 * A process of its own with a lab in the folder it is given. It starts a run of the behaviour it is given (or, after the
 * word `sweep`, a sweep of three; after the word `import`, the import of a path), or resumes run 1, prints every event as a line of JSON, and waits.
 */
import { fakeRun, openLab } from './lab.ts';

const [home, behaviour, more] = process.argv.slice(2);
process.env['STRIDE_TEST_KILL'] = '1';
if (!home) throw new Error('a folder is needed');
const lab = await openLab(home);
lab.subscribe(({ name, payload }) => {
  console.log(JSON.stringify({ name, ...(name === 'run.batchLosses' ? {} : (payload as object)) }));
});
if (behaviour === 'sweep') {
  const { network, settings } = fakeRun(more, { epochs: 1 });
  const sweep = { network, settings, dataset: 'fake', axes: [], seeds: [0, 1, 2] };
  await lab.call('sweeps.start', { sweep });
} else if (behaviour === 'import') {
  await lab.call('datasets.import', { ticket: 'mine', from: { path: more ?? '' } });
} else if (behaviour) await lab.call('runs.start', { runs: [fakeRun(behaviour)] });
else await lab.call('runs.resume', { run: 1 });
setInterval(() => undefined, 1000);
