/**
 * Weights of PyTorch's brought in through the window, scored, and taken away in every format; then the exported page and the
 * TensorFlow.js model are opened in Chromium as their users open them.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import type { InferenceSession as Session, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Page } from '@playwright/test';
import { axeFindingsInBothThemes } from './axe.ts';
import { expect, hostOfThisFile, needsBrowser, test, watchForErrors } from './host.ts';
import { press, tick } from './press.ts';

test.describe.configure({ mode: 'serial' });
test.use({ viewport: { width: 1440, height: 900 } });

const host = hostOfThisFile();
const vector = (name: string) => fileURLToPath(new URL(`../vectors/models/${name}`, import.meta.url));
const require = createRequire(import.meta.url);

/** What was exported, as files. */
let folder: string;
test.beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-e2e-export-'));
});
test.afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** What is exported there goes to a folder that the system's dialog names; what is opened afterwards is a browser's in any case. */
const needsDownload = () =>
  needsBrowser('the desktop program exports into a folder: test/desktop/models.spec.ts');

const dialog = (page: Page) => page.getByRole('dialog');

async function command(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.keyboard.press('Enter');
}

async function axe(page: Page): Promise<void> {
  expect.soft(await axeFindingsInBothThemes(page)).toEqual([]);
}

test('a state_dict becomes a run that is scored, and what is none is refused by what it is', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await page.goto(host.url);
  await command(page, 'Import trained weights');
  await expect(dialog(page)).toBeVisible();
  const weights = dialog(page).getByLabel('Weights file');
  const take = dialog(page).getByRole('button', { name: 'Import', exact: true });
  await expect(take).toBeDisabled();
  await weights.setInputFiles(vector('tools/small/runs-code.pt'));
  await press(take);
  await expect(dialog(page)).toContainText('posix.system');
  await axe(page);
  // The net that its weights lie beside is for images of another size.
  await weights.setInputFiles([
    vector('tools/small/external.onnx'),
    vector('tools/small/external.onnx.data'),
  ]);
  await press(take);
  await expect(dialog(page)).toContainText('8×8');
  await weights.setInputFiles(vector('tools/small/external.onnx'));
  await press(take);
  await expect(dialog(page)).toContainText('external.onnx.data');
  await weights.setInputFiles(vector('course-seed0-epoch1.pt'));
  await press(take);
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(/#\/runs?\/1/);
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: 'Score on the test set' }));
  // What the script printed that saved the weights, give or take three.
  await press(page.getByRole('tab', { name: 'Log' }));
  await expect(page.getByRole('row', { name: /Scored on .*: 9,6(7[4-9]|80) of 10,000/ })).toBeVisible();
  expect(errors).toEqual([]);
});

test('it is exported in every format; the figures are shown, and kept with the run', async ({ page }) => {
  needsDownload();
  const errors = watchForErrors(page);
  await page.goto(host.url);
  await page.goto(host.at('#/runs/1'));
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: 'Export the trained net' }));
  await expect(dialog(page)).toBeVisible();
  for (const box of await dialog(page).getByRole('checkbox').all()) await tick(box, true);
  await expect(dialog(page).locator('pre')).toContainText('numpy.load');
  await axe(page);
  const download = page.waitForEvent('download');
  await press(dialog(page).getByRole('button', { name: 'Export and download' }));
  const archive = await download;
  expect(archive.suggestedFilename()).toBe('stride-run-1.zip');
  const results = dialog(page).getByRole('listitem');
  await expect(results).toHaveCount(9);
  for (const each of await results.all()) await expect(each).toContainText('100 images');
  await expect(results.filter({ hasText: 'LiteRT' })).toContainText('LiteRT.js');
  await axe(page);
  const members = unzipSync(readFileSync(await archive.path()));
  expect(Object.keys(members).sort()).toEqual(
    [
      'model.py',
      'model.pt',
      'model.safetensors',
      'model.onnx',
      'saved_model.pb',
      'model.tflite',
      'model.json',
    ]
      .concat([
        'model.weights.bin',
        'model.keras',
        'model.html',
        'model.h',
        'model.c',
        'model.npz',
        'network.json',
      ])
      .sort(),
  );
  for (const [name, bytes] of Object.entries(members)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  await page.keyboard.press('Escape');
  await press(page.getByRole('tab', { name: 'Log' }));
  await expect(page.getByText(/Exported as ONNX; within/)).toBeVisible();
  await expect(page.getByText(/Exported as/)).toHaveCount(9);
  expect(errors).toEqual([]);
});

test('the page classifies what a finger draws, offline, on a screen of 390 pixels', async ({ browser }) => {
  needsDownload();
  const context = await browser.newContext(smallTouchScreen);
  const page = await context.newPage();
  const errors = watchForErrors(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const address = pathToFileURL(join(folder, 'model.html')).href;
  await page.goto(address);
  await axe(page);
  const answer = page.locator('#answer');
  await expect(answer).toHaveText('画点什么吧');
  await touch(page, [
    [0.5, 0.2],
    [0.5, 0.8],
  ]);
  await expect(answer).toHaveText('1');
  await press(page.getByRole('button', { name: '清除' }));
  const circle = Array.from({ length: 25 }, (_, i): Place => {
    const angle = (2 * Math.PI * i) / 24;
    return [0.5 + 0.2 * Math.sin(angle), 0.5 - 0.3 * Math.cos(angle)];
  });
  await touch(page, circle);
  await expect(answer).toHaveText('0');
  await press(page.getByRole('button', { name: 'English' }));
  await expect(page.getByRole('button', { name: 'Clear' })).toBeVisible();
  await axe(page);
  // Drawing must not move the page, and nothing must be wider than it.
  expect(await page.evaluate(() => [scrollX, scrollY, document.documentElement.scrollWidth])).toEqual([
    0, 0, 390,
  ]);
  expect(asked.filter((each) => !each.startsWith('data:'))).toEqual([address]);
  expect(errors).toEqual([]);
  await context.close();
});

const smallTouchScreen = {
  ...{ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  ...{ offline: true, locale: 'zh-CN' },
};

const fashion = process.env['FASHION_MNIST'] ?? '/usr/share/datasets/fashion-mnist';

test('Fashion-MNIST, from its files to a page that knows trousers, on a small touch screen without a network', async ({
  browser,
  page,
}) => {
  needsDownload();
  test.skip(!existsSync(fashion), 'the Debian package dataset-fashion-mnist is not installed');
  await page.goto(host.url);
  await page.goto(host.at('#/data'));
  await press(page.getByRole('button', { name: 'Import data' }));
  await dialog(page)
    .getByRole('textbox', { name: /Or a path/ })
    .fill(fashion);
  await press(dialog(page).getByRole('button', { name: 'Check the files' }));
  await press(dialog(page).getByRole('button', { name: 'Import', exact: true }));
  await expect(page.getByRole('heading', { name: 'Fashion-MNIST' })).toBeVisible();
  await press(page.getByRole('button', { name: 'Train on this set' }));
  await page.getByRole('textbox', { name: 'Epochs', exact: true }).fill('1');
  await press(page.getByRole('button', { name: /^Train Course net/ }));
  await expect(page.getByRole('navigation').getByText('Course net #2')).toBeVisible();
  await page.goto(host.at('#/runs/2'));
  await expect(page.getByText('Finished', { exact: true }).first()).toBeVisible();
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: 'Score on the test set' }));
  await press(page.getByRole('tab', { name: 'Log' }));
  // More than 75 % of 10,000.
  await expect(
    page.getByRole('row', { name: /Scored on fashion-mnist: (7,[5-9]|[89],)\d+ of 10,000/ }),
  ).toBeVisible();
  await press(page.getByRole('button', { name: 'Actions' }));
  await press(page.getByRole('menuitem', { name: 'Export the trained net' }));
  for (const box of await dialog(page).getByRole('checkbox').all()) await tick(box, false);
  await tick(dialog(page).getByRole('checkbox', { name: /web page/i }), true);
  const download = page.waitForEvent('download');
  await press(dialog(page).getByRole('button', { name: 'Export and download' }));
  const members = unzipSync(readFileSync(await (await download).path()));
  const path = join(folder, 'fashion.html');
  writeFileSync(path, members['model.html'] as Uint8Array);
  const phone = await browser.newContext(smallTouchScreen);
  const drawn = await phone.newPage();
  await drawn.goto(pathToFileURL(path).href);
  // A waist and two legs.
  await touch(drawn, [
    [0.38, 0.12],
    [0.62, 0.12],
    [0.64, 0.9],
    [0.58, 0.9],
    [0.5, 0.3],
    [0.42, 0.9],
    [0.36, 0.9],
    [0.38, 0.12],
  ]);
  await expect(drawn.locator('#answer')).toHaveText('Trouser');
  await phone.close();
});

type Place = readonly [x: number, y: number];

/** Draws with a finger; places are shares of the canvas' width and height. */
async function touch(page: Page, places: readonly Place[]): Promise<void> {
  const box = await page.locator('canvas').boundingBox();
  if (!box) throw new Error('the canvas is not there');
  const finger = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', place?: Place) =>
    finger.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: place ? [{ x: box.x + place[0] * box.width, y: box.y + place[1] * box.height }] : [],
    });
  const [first = [0, 0], ...rest] = places as readonly [Place, ...Place[]];
  await send('touchStart', first);
  for (const place of rest) await send('touchMove', place);
  await send('touchEnd');
  await finger.detach();
}

test('TensorFlow.js loads the model in Chromium and gives what ONNX Runtime gives', async ({ browser }) => {
  needsDownload();
  const page = await browser.newPage();
  const library = readFileSync(
    join(dirname(require.resolve('@tensorflow/tfjs/package.json')), 'dist', 'tf.min.js'),
  );
  await page.route('http://models.test/**', (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    if (name === '')
      return route.fulfill({ contentType: 'text/html', body: '<script src="tf.min.js"></script>' });
    return route.fulfill({ body: name === 'tf.min.js' ? library : readFileSync(join(folder, name)) });
  });
  await page.goto('http://models.test/');
  const pixels = Array.from({ length: 3 * 28 * 28 }, (_, i) => ((i * 7919) % 256) / 255);
  const found = await page.evaluate(async (values) => {
    interface Value {
      data(): Promise<Float32Array>;
    }
    const { tf } = globalThis as unknown as {
      tf: {
        setBackend(name: string): Promise<boolean>;
        loadLayersModel(path: string): Promise<{ predict(given: Value): Value }>;
        tensor(values: number[], shape: number[]): Value;
      };
    };
    await tf.setBackend('cpu');
    const model = await tf.loadLayersModel('model.json');
    return [...(await model.predict(tf.tensor(values, [3, 28, 28, 1])).data())];
  }, pixels);
  const { InferenceSession, Tensor } = require('onnxruntime-node') as {
    InferenceSession: typeof Session;
    Tensor: typeof OrtTensor;
  };
  const session = await InferenceSession.create(join(folder, 'model.onnx'), { logSeverityLevel: 3 });
  const { logits } = await session.run({
    pixels: new Tensor('float32', Float32Array.from(pixels), [3, 1, 28, 28]),
  });
  const wanted = [...(logits?.data as Float32Array)];
  expect(found).toHaveLength(30);
  expect(Math.max(...found.map((each, i) => Math.abs(each - (wanted[i] as number))))).toBeLessThanOrEqual(
    1e-4,
  );
  await page.close();
});
