/**
 * What people expect of a desktop program, in the real Electron. The system's dialogs, its notifications and its tray are other programs' windows;
 * what Electron is asked to show there is kept in the main process, and everything else is real.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Desktop } from './desktop.ts';
import { answerDialogs, dialogsAsked } from './dialogs.ts';
import { ask, startRuns } from './lab.ts';
import { createPresets } from './presets.ts';
import { handToUser, userFolder } from './stage.ts';
import { expect, test } from '../e2e/host.ts';

test.describe.configure({ timeout: 300_000 });

const desktop = new Desktop();
let files: string;
test.beforeAll(async () => {
  desktop.home = userFolder('stride-home-');
  files = userFolder('stride-files-');
  await desktop.start();
});
test.afterAll(() => desktop.stop());

const main = () => desktop.program.main!;
const restart = async () => {
  expect(await desktop.stop('SIGTERM')).toBe(0);
  await desktop.start();
};

/** What the tests keep in the main process. */
interface Kept {
  dialogs?: { defaultPath?: string; properties?: string[] }[];
  shown?: { title: string; body: string; click(): void }[];
  progress?: number[];
  badges?: number[];
  tray?: { label: string; click(): void }[];
}

/** Answers the next dialogs for files or folders. */
const answerOpenDialogs = (...answers: string[]) =>
  main().evaluate(({ dialog }, answers: string[]) => {
    const asked: Kept['dialogs'] = [];
    (globalThis as Kept).dialogs = asked;
    dialog.showOpenDialog = ((...args: unknown[]) => {
      asked.push(args.at(-1) as never);
      const answer = answers.shift();
      return Promise.resolve({ canceled: answer === undefined, filePaths: answer ? [answer] : [] });
    }) as typeof dialog.showOpenDialog;
  }, answers);
const openDialogs = () => main().evaluate(() => (globalThis as Kept).dialogs ?? []);

/** Presses an entry of a menu by the labels that lead to it. */
const pressMenu = (...labels: string[]) =>
  main().evaluate(({ Menu, BrowserWindow }, labels: string[]) => {
    let items = Menu.getApplicationMenu()?.items ?? [];
    const [window] = BrowserWindow.getAllWindows();
    for (const [at, label] of labels.entries()) {
      const item = items.find((each) => each.label === label);
      if (!item) throw new Error(`no entry ${label}; there is ${items.map((each) => each.label).join(', ')}`);
      if (at === labels.length - 1) item.click(undefined, window, window?.webContents);
      items = item.submenu?.items ?? [];
    }
  }, labels);
const recentEntries = () =>
  main().evaluate(
    ({ Menu }) =>
      Menu.getApplicationMenu()
        ?.items[0]?.submenu?.items.find(({ label }) => label === 'Open recent')
        ?.submenu?.items.filter(({ type }) => type !== 'separator')
        .map(({ label, enabled }) => ({ label, enabled })) ?? [],
  );
const netNames = async () => (await ask(desktop.page, 'networks.list')).map(({ network }) => network.name);

/** A network's file in a folder of the person's. */
async function netFile(folder: string, name: string): Promise<string> {
  const { course } = await createPresets(desktop.page);
  mkdirSync(join(files, folder), { recursive: true });
  const file = join(files, folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...course, name }));
  handToUser(files);
  return file;
}

test('@all a file that is opened from the menu is read, remembered with its folder, and opened again from “Open recent”', async () => {
  const file = await netFile('mine', 'From the menu');
  await answerOpenDialogs(file);
  await pressMenu('File', 'Open…');
  await expect.poll(netNames).toContain('From the menu');
  expect(await recentEntries()).toEqual([
    { label: file, enabled: true },
    { label: 'Clear the list', enabled: true },
  ]);
  await restart();
  await pressMenu('File', 'Open recent', file);
  await expect
    .poll(async () => (await netNames()).filter((name) => name.includes('From the menu')))
    .toHaveLength(2);
  await answerOpenDialogs();
  await pressMenu('File', 'Open…');
  await expect.poll(openDialogs).toMatchObject([{ defaultPath: join(files, 'mine') }]);
  await pressMenu('File', 'Open recent', 'Clear the list');
  expect(await recentEntries()).toEqual([{ label: 'Clear the list', enabled: false }]);
});

test('@all a recent file that is gone is said, and leaves the menu', async () => {
  const gone = join(files, 'gone.json');
  writeFileSync(join(desktop.home, 'desktop', 'recent-files.json'), JSON.stringify([gone]));
  await restart();
  await answerDialogs(desktop.program, 'OK');
  await pressMenu('File', 'Open recent', gone);
  await expect.poll(() => dialogsAsked(desktop.program)).toEqual([expect.stringContaining(gone)]);
  await expect.poll(recentEntries).toEqual([{ label: 'Clear the list', enabled: false }]);
});

test('@all the page may ask for a folder, which the next question begins in', async () => {
  const choose = () =>
    desktop.page.evaluate(() =>
      (Reflect.get(globalThis, 'stride') as { chooseFolder(): Promise<string | null> }).chooseFolder(),
    );
  await answerOpenDialogs(files);
  expect(await choose()).toBe(files);
  expect(await choose()).toBeNull();
  const [first, second] = await openDialogs();
  expect(first?.properties).toContain('openDirectory');
  expect(second?.defaultPath).toBe(files);
});

test('@all what the window saves goes where the person says, and the next dialog begins there', async () => {
  await desktop.program.saveAsElectron();
  await main().evaluate(({ session }, folder: string) => {
    const asked: Kept['dialogs'] = [];
    (globalThis as Kept).dialogs = asked;
    session.defaultSession.on('will-download', (_event, item) => {
      asked.push(item.getSaveDialogOptions() as never);
      item.setSavePath(`${folder}/${item.getFilename()}`);
    });
  }, files);
  const save = (name: string) =>
    desktop.page.evaluate((name) => {
      const link = document.createElement('a');
      Object.assign(link, { href: URL.createObjectURL(new Blob(['a net'])), download: name });
      link.click();
    }, name);
  await save('first.txt');
  await expect.poll(() => readIfThere(join(files, 'first.txt'))).toBe('a net');
  await expect.poll(() => readIfThere(join(desktop.home, 'desktop', 'save-folder'))).toBe(files);
  await save('second.txt');
  await expect.poll(async () => (await openDialogs())[1]?.defaultPath).toBe(join(files, 'second.txt'));
});

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

test('@all a file that is dropped on the window is opened, whatever it shows', async () => {
  const { page } = desktop;
  const text = readFileSync(await netFile('dropped', 'Dropped'), 'utf8');
  await page.evaluate(() => {
    location.hash = '#/settings';
  });
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'Dropped.json', { type: 'application/json' }));
    document
      .querySelector('main')!
      .dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, text);
  await expect.poll(netNames).toContain('Dropped');
  expect(page.url()).toContain('#/design');
});

const zoomLevel = () =>
  main().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.webContents.getZoomLevel());

test('@all zoom and the window’s place are there again at the next start', async () => {
  await pressMenu('View', 'Zoom In');
  await pressMenu('View', 'Zoom In');
  await expect.poll(zoomLevel).toBe(1);
  const bounds = { x: 140, y: 90, width: 1100, height: 760 };
  await main().evaluate(({ BrowserWindow }, to) => {
    BrowserWindow.getAllWindows()[0]!.setBounds(to);
  }, bounds);
  await restart();
  await expect.poll(zoomLevel).toBe(1);
  const now = () => main().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.getBounds());
  await expect.poll(now).toEqual(bounds);
  await pressMenu('View', 'Actual Size');
  await expect.poll(zoomLevel).toBe(0);
});

test('@all full screen fills the screen, and is left again', async () => {
  const state = () =>
    main().evaluate(({ BrowserWindow, screen }) => {
      const window = BrowserWindow.getAllWindows()[0]!;
      const { width, height } = window.getBounds();
      const { size } = screen.getPrimaryDisplay();
      return { full: window.isFullScreen(), fills: width === size.width && height === size.height };
    });
  await pressMenu('View', 'Toggle Full Screen');
  await expect.poll(state).toEqual({ full: true, fills: true });
  await pressMenu('View', 'Toggle Full Screen');
  // The former size comes back through a window manager, and this display has none.
  await expect.poll(state).toMatchObject({ full: false });
});

test('@all progress and the number of runs on the icon, and a notification when a run ends out of sight', async () => {
  await main().evaluate(({ BrowserWindow, Notification, app }) => {
    const kept = globalThis as Kept;
    const [window] = BrowserWindow.getAllWindows();
    Object.assign(kept, { progress: [], badges: [], shown: [] } satisfies Kept);
    window!.setProgressBar = (value) => void kept.progress!.push(value);
    app.setBadgeCount = (count) => Boolean(kept.badges!.push(count ?? -1));
    Notification.isSupported = () => true;
    Notification.prototype.show = function show(this: Electron.Notification) {
      kept.shown!.push({ title: this.title, body: this.body, click: () => this.emit('click') });
    };
    window!.hide();
  });
  const { course } = await createPresets(desktop.page);
  await startRuns(desktop.page, { network: course, settings: { seed: 1, epochs: 1, batchSize: 512 } });
  const kept = () =>
    main().evaluate(() => {
      const { progress = [], badges = [], shown = [] } = globalThis as Kept;
      return { progress, badges, shown: shown.map(({ title, body }) => ({ title, body })) };
    });
  await expect.poll(async () => (await kept()).shown.length, { timeout: 200_000 }).toBe(1);
  const { progress, badges, shown } = await kept();
  expect(shown[0]?.title).toMatch(/^Course net #\d+ has finished$/);
  expect(shown[0]?.body).toMatch(/^\d\d\.\d\d%$/);
  expect(badges).toEqual([1, 0]);
  expect(progress.at(-1)).toBe(-1);
  const shares = progress.filter((share) => share >= 0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.some((share) => share > 0.2 && share < 1)).toBe(true);
  const visible = () => main().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible());
  expect(await visible()).toBe(false);
  await main().evaluate(() => {
    (globalThis as Kept).shown![0]!.click();
  });
  await expect.poll(visible).toBe(true);
});

test('@all closed while it trains, it is in the tray: from there the window comes back, or all is stopped', async () => {
  const { course } = await createPresets(desktop.page);
  await startRuns(desktop.page, { network: course, settings: { seed: 1, epochs: 50, batchSize: 512 } });
  await answerDialogs(desktop.program, 'Keep training', 'Keep training');
  await main().evaluate(({ Tray, BrowserWindow }) => {
    Tray.prototype.setContextMenu = (menu) => {
      (globalThis as Kept).tray = (menu?.items ?? []) as never;
    };
    BrowserWindow.getAllWindows()[0]!.close();
  });
  const windows = () => main().evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  const press = (label: string) =>
    main().evaluate((_electron, label: string) => {
      (globalThis as Kept).tray!.find((each) => each.label === label)!.click();
    }, label);
  await expect.poll(windows).toBe(0);
  await press('Show the window');
  await expect.poll(windows).toBe(1);
  await main().evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.close();
  });
  await expect.poll(windows).toBe(0);
  await press('Stop and quit');
  expect(await desktop.ended()).toBe(0);
});
