/**
 * The packed program, as someone has it who has never seen this project: from its tar.gz, in a folder of its own, with an empty home, no checkout and no
 * cache within reach. It trains, is quit, starts again with its history, and exports.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getCurrentFuseWire } from '@electron/fuses';
import sharp from 'sharp';
import { desktopPlace } from './desktop.ts';
import { ask, startRuns } from './lab.ts';
import { createPresets } from './presets.ts';
import { Program } from './program.ts';
import { allowSandbox, userFolder } from './stage.ts';
import { exportFormats } from '../../src/shared/export/formats.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ mode: 'serial', timeout: 1_800_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let program: string;

test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-packed-'));
  const dist = process.env['STRIDE_PACKED'] ?? join(folder, 'dist');
  if (!existsSync(dist)) {
    execFileSync(process.execPath, [join(root, 'scripts/package.mjs'), '--test-runtime', '--output', dist], {
      cwd: root,
      stdio: 'pipe',
    });
  }
  const archive = readdirSync(dist).find((name) => name.endsWith('.tar.gz'))!;
  execFileSync('tar', ['-xzf', join(dist, archive), '-C', folder]);
  execFileSync('chmod', ['755', folder]);
  const unpacked = join(folder, archive.replace('.tar.gz', ''));
  allowSandbox(unpacked);
  program = join(unpacked, 'stride');
});
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Returns a folder of pictures with a sub-folder for each of two classes. */
async function pictures(): Promise<string> {
  const pets = userFolder('stride-pets-');
  for (const [label, red] of [
    ['cat', 200],
    ['dog', 40],
  ] as const) {
    mkdirSync(join(pets, label));
    for (let image = 0; image < 5; image += 1) {
      const background = { r: red, g: 20 * image, b: 90 };
      await sharp({ create: { width: 12, height: 12, channels: 3, background } })
        .png()
        .toFile(join(pets, label, `${image}.png`));
    }
  }
  return pets;
}

test('nothing in it leads back to the checkout or the cache', () => {
  const links = execFileSync('find', [folder, '-type', 'l', '-lname', '/*'], { encoding: 'utf8' });
  expect(links).toBe('');
});

test('its fuses are set', async () => {
  const fuses = await getCurrentFuseWire(program);
  // Off: run as Node, NODE_OPTIONS, the inspector, file: with more rights; on: the archive's check, and nothing but the archive.
  expect([fuses[0], fuses[2], fuses[3], fuses[4], fuses[5]]).toEqual([48, 48, 48, 49, 49]);
});

test('trains from an empty home, keeps its history, and exports', async () => {
  const { display } = await desktopPlace();
  const [home, userHome] = [userFolder('stride-home-'), userFolder('stride-user-')];
  // Without STRIDE_HOME it keeps its things where the system has such things; here a home that is given is shorter to look into.
  const start = () => Program.start({ program, home, userHome, display, inspect: false });
  let packed = await start();
  expect(await ask(packed.page, 'app.info')).toMatchObject({ trainingProblem: null, host: 'desktop' });
  const { course } = await createPresets(packed.page);
  // A packed program cannot run as Node, so this needs another kind of process.
  await packed.page.evaluate(() => {
    location.hash = '#/train';
  });
  await expect(packed.page.getByRole('button', { name: /^Train .*, about \d+ (s|min)$/ })).toBeVisible();
  const [run] = (await startRuns(packed.page, { network: course, settings: { seed: 0, epochs: 1 } })) as [
    number,
  ];
  const status = async () => (await ask(packed.page, 'runs.get', { run })).status;
  await expect.poll(status, { timeout: 900_000 }).toBe('finished');
  expect(await packed.end('SIGTERM')).toBe(0);

  packed = await start();
  const { epochs } = await ask(packed.page, 'runs.get', { run });
  expect(epochs).toHaveLength(1);
  expect(epochs[0]!.testCorrect).toBeGreaterThan(9500);
  const exported = await ask(packed.page, 'runs.exportRun', { run, what: 'epochs' });
  expect(exported.text.split('\n').length).toBeGreaterThan(1);
  const { files } = await ask(packed.page, 'runs.files', { run });
  expect(files.length).toBeGreaterThan(0);
  // The checks load native libraries and files of TensorFlow.js from the package.
  const models = userFolder('stride-models-');
  const written = await ask(packed.page, 'models.export', {
    runs: [run],
    formats: exportFormats,
    folder: models,
  });
  expect(written.map(({ format, problem }) => ({ format, problem }))).toEqual(
    exportFormats.map((format) => ({ format, problem: null })),
  );
  for (const { format, check } of written) expect(check!.largestDifference, format).toBeLessThan(1e-4);
  // Pictures are decoded by a library with files of its own, which have to be in the package as well.
  const imported = await ask(packed.page, 'datasets.import', {
    ticket: 'pets',
    from: { path: await pictures() },
  });
  expect(imported.entry.summary.classes).toEqual(['cat', 'dog']);
  expect(await packed.end('SIGTERM')).toBe(0);
  expect(readFileSync(join(home, 'history.sqlite')).length).toBeGreaterThan(0);
  for (const each of [home, userHome]) rmSync(each, { recursive: true, force: true });
});
