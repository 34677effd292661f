/** Data sets in the window: brought in by files and by a folder, looked at, trained on by name, renamed, deleted. */
import { rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { userFolder } from '../desktop/stage.ts';
import { idxFiles, writeFiles } from '../support/datasetFiles.ts';
import { axeFindings, axeFindingsInBothThemes } from './axe.ts';
import { expect, hostOfThisFile, isDesktop, test, watchForErrors } from './host.ts';
import { press } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ actionTimeout: 20_000 });

const host = hostOfThisFile();
let source: string;
test.beforeAll(() => {
  source = userFolder('stride-data-');
});
test.afterAll(() => {
  rmSync(source, { recursive: true, force: true });
});

async function open(page: Page): Promise<void> {
  await host.open(page, '#/data');
  await expect(page.getByRole('heading', { name: 'Data', level: 1 })).toBeVisible();
}

const list = (page: Page) => page.getByRole('list', { name: 'Data sets' });

test('four IDX files are looked at, imported and shown', async ({ page }) => {
  const errors = watchForErrors(page);
  await open(page);
  await expect(list(page).getByRole('button', { name: /^MNIST/ })).toBeVisible();
  const folder = writeFiles(
    join(source, 'Small letters'),
    idxFiles({ train: 40, test: 10, side: 12, classes: 3 }),
  );
  await press(page.getByRole('button', { name: 'Import data' }));
  const dialog = page.getByRole('dialog', { name: 'Import data' });
  await dialog
    .getByLabel('Choose files')
    .setInputFiles(Object.keys(idxFiles()).map((name) => join(folder, name)));
  await expect(dialog.getByText('about 40 training and 10 test images, 12×12, grey')).toBeVisible();
  await expect(
    dialog.getByRole('list', { name: 'Images as they would be stored' }).getByRole('img'),
  ).toHaveCount(12);
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Small letters');
  await press(dialog.getByRole('button', { name: 'Import', exact: true }));
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Small letters' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^0 14 4 / })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Mean image of 2' })).toBeVisible();
  await press(page.getByRole('radio', { name: 'Normalised' }));
  await expect(page.getByRole('img', { name: '1, sample 3' })).toBeVisible();
  expect(await axeFindingsInBothThemes(page)).toEqual([]);
  expect(errors).toEqual([]);
});

test('a folder of pictures by its path, one of them damaged; it is left out by one press; then without that one', async ({
  page,
}) => {
  await open(page);
  for (const [i, name] of ['cat', 'dog'].entries()) {
    mkdirSync(join(source, 'pets', name), { recursive: true });
    for (let k = 0; k < 4; k += 1) {
      const raw = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * (i + 2) + k * 40) % 256));
      await sharp(raw, { raw: { width: 8, height: 8, channels: 1 } })
        .png()
        .toFile(join(source, 'pets', name, `${k}.png`));
    }
  }
  writeFileSync(join(source, 'pets', 'dog', '9.png'), 'no picture');
  await press(page.getByRole('button', { name: 'Import data' }));
  const dialog = page.getByRole('dialog', { name: 'Import data' });
  await dialog.getByRole('textbox', { name: /Or a path/ }).fill(join(source, 'pets'));
  await press(dialog.getByRole('button', { name: 'Check the files' }));
  await expect(dialog.getByRole('alert')).toHaveText('dog/9.png is not a picture that can be read.');
  expect(await axeFindings(page)).toEqual([]);
  await press(dialog.getByRole('button', { name: 'Leave out pictures that cannot be read' }));
  await expect(dialog.getByText(/: folder of pictures, about .* 8×8, grey/)).toBeVisible();
  await expect(dialog.getByRole('switch', { name: /Leave out pictures/ })).toBeChecked();
  // What had the focus is gone, so that it would be at the page's beginning, outside of the dialog.
  await expect(dialog.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  rmSync(join(source, 'pets', 'dog', '9.png'));
  await press(page.getByRole('button', { name: 'Import data' }));
  await dialog.getByRole('textbox', { name: /Or a path/ }).fill(join(source, 'pets'));
  await press(dialog.getByRole('button', { name: 'Check the files' }));
  await expect(
    dialog.getByRole('list', { name: 'Images as they would be stored' }).getByRole('img'),
  ).toHaveCount(8);
  await press(dialog.getByRole('radio', { name: 'colour', exact: true }));
  await expect(dialog.getByText(/8×8, colour/)).toBeVisible();
  await press(dialog.getByRole('button', { name: 'Import', exact: true }));
  await expect(page.getByRole('heading', { name: 'pets' })).toBeVisible();
  await expect(page.getByText('has no test set. 20% of each class became one')).toBeVisible();
});

test('renamed, found by a class, chosen for training, deleted', async ({ page }) => {
  await open(page);
  await page.getByRole('textbox', { name: 'Find a data set or a class' }).fill('dog');
  await expect(list(page).getByRole('button')).toHaveCount(1);
  await press(list(page).getByRole('button', { name: /^pets/ }));
  await press(page.getByRole('button', { name: 'Rename' }));
  const rename = page.getByRole('dialog', { name: 'Rename' });
  await rename.getByRole('textbox', { name: 'Name' }).fill('Cats and dogs');
  await press(rename.getByRole('button', { name: 'Rename' }));
  await expect(page.getByRole('heading', { name: 'Cats and dogs' })).toBeVisible();
  await press(page.getByRole('button', { name: 'Train on this set' }));
  await expect(page.getByRole('combobox', { name: 'Data set', exact: true })).toHaveText('Cats and dogs');
  await page.goBack();
  await press(page.getByRole('button', { name: 'Delete' }));
  await press(page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }));
  await expect(list(page).getByText('Cats and dogs')).toBeHidden();
});

test('a folder that is dropped on the screen is looked at, whatever it holds', async ({ page }) => {
  test.skip(isDesktop(), 'what is dropped on the real Electron is tested in test/desktop/features.spec.ts');
  await open(page);
  const folder = writeFiles(join(source, 'Dropped'), {
    ...idxFiles({ train: 30, test: 6, side: 9 }),
    'notes/read-me.txt': 'These are no images.',
  });
  const mouse = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    await mouse.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
  const dialog = page.getByRole('dialog', { name: 'Import data' });
  await expect(dialog.getByText(/Dropped: .* about 30 training and 6 test images, 9×9, grey/)).toBeVisible();
  await press(dialog.getByRole('button', { name: 'Import', exact: true }));
  await expect(page.getByRole('heading', { name: 'Dropped' })).toBeVisible();
});
