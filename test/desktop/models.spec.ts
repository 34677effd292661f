/** A trained net is taken out of the real Electron: the folder comes from the system's dialog, and the files are in it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Desktop } from './desktop.ts';
import { userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';
import { press, tick } from '../e2e/press.ts';

const desktop = new Desktop();
let out: string;
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  out = userFolder('stride-out-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

const weights = fileURLToPath(new URL('../vectors/models/course-seed0-epoch1.pt', import.meta.url));

/** Answers the next dialogs for a folder; null cancels. */
const answer = (...folders: (string | null)[]) =>
  desktop.program.main!.evaluate(({ dialog }, answers: (string | null)[]) => {
    dialog.showOpenDialog = (() => {
      const folder = answers.shift() ?? null;
      return Promise.resolve({ canceled: folder === null, filePaths: folder === null ? [] : [folder] });
    }) as typeof dialog.showOpenDialog;
  }, folders);

test('weights are imported, and exported into the folder that the dialog names', async () => {
  const { page } = desktop;
  const dialog = page.getByRole('dialog');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('Import trained weights');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('Weights file').setInputFiles(weights);
  await press(dialog.getByRole('button', { name: 'Import', exact: true }));
  await expect(page).toHaveURL(/#\/runs?\/1/);
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: 'Export the trained net' }));
  await tick(dialog.getByRole('checkbox', { name: /^ONNX/ }), true);
  const take = dialog.getByRole('button', { name: 'Choose a folder and export' });
  // Whoever cancels the system's dialog is back in the window's, and nothing is written.
  await answer(null, out);
  await press(take);
  await expect(take).toBeEnabled();
  expect(readdirSync(out)).toEqual([]);
  await press(take);
  await expect(dialog.getByRole('listitem').filter({ hasText: 'ONNX' })).toContainText('100 images');
  expect(readFileSync(join(out, 'model.onnx')).length).toBeGreaterThan(30_000);
  await press(dialog.getByRole('button', { name: 'Close', exact: true }).last());
  await press(page.getByRole('tab', { name: 'Log' }));
  await expect(page.getByText(/Exported as ONNX; within/)).toBeVisible();
});
