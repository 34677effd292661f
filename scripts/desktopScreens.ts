/**
 * Pictures of the real desktop window, taken from its display:
 *
 *     node scripts/build.mjs && node scripts/desktopScreens.ts [folder]
 *
 * The folder is docs/screens unless another is named. Needs the tests' Electron; for the notification dbus-daemon and dunst, for Chinese a font.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Display } from '../test/desktop/display.ts';
import { ask, startRuns } from '../test/desktop/lab.ts';
import { createPresets } from '../test/desktop/presets.ts';
import { Program } from '../test/desktop/program.ts';
import { ordinaryUser, stage, testElectron, userFolder } from '../test/desktop/stage.ts';

const folder = resolve(process.argv[2] ?? 'docs/screens');
const electron = testElectron();
if (typeof electron === 'string') throw new Error(`no Electron to take pictures of: ${electron}`);
const display = await Display.open(electron.xvfb, { width: 1440, height: 900 });
const staged = stage(electron);
const userHome = userFolder('stride-user-');
const helpers: ChildProcess[] = [];
process.on('exit', () => {
  for (const each of helpers) each.kill();
  display.kill();
  staged.remove();
});

const has = (program: string) => spawnSync('which', [program]).status === 0;
const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** The session bus with a program that shows notifications; undefined where the system has none. */
async function notifications(): Promise<string | undefined> {
  if (!has('dunst') || !has('dbus-daemon')) return undefined;
  const bus = spawn('dbus-daemon', ['--session', '--print-address', '--nofork'], {
    env: { ...process.env, HOME: userHome, DISPLAY: display.name },
    stdio: ['ignore', 'pipe', 'ignore'],
    ...ordinaryUser,
  });
  helpers.push(bus);
  const address = await new Promise<string>((given) =>
    bus.stdout.once('data', (data: Buffer) => given(data.toString().trim())),
  );
  const env = { ...process.env, HOME: userHome, DISPLAY: display.name, DBUS_SESSION_BUS_ADDRESS: address };
  helpers.push(spawn('dunst', [], { env, stdio: 'ignore', ...ordinaryUser }));
  await pause(1000);
  return address;
}

const bus = await notifications();
const program = await Program.start({
  program: staged.program,
  home: userFolder('stride-home-'),
  userHome,
  display,
  ...(bus && { env: { DBUS_SESSION_BUS_ADDRESS: bus } }),
});
const { page } = program;
const main = program.main!;
const take = async (name: string) => {
  await pause(1500);
  display.picture(join(folder, `desktop-${name}.png`));
  console.log(name);
};
const show = (hash: string) =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);
const prefer = async (key: string, value: string) => {
  await ask(page, 'preferences.set', { key, value });
};

await main.evaluate(({ BrowserWindow }) => {
  const [window] = BrowserWindow.getAllWindows();
  window!.setMenuBarVisibility(true);
  window!.setBounds({ x: 40, y: 30, width: 1360, height: 840 });
});
const { course } = await createPresets(page);
const settings = { seed: 0, epochs: 60, batchSize: 512 };
const [first] = (await startRuns(page, { network: course, settings: { ...settings, epochs: 3 } })) as [
  number,
];
await prefer('theme', 'light');
await show(`#/runs/${first}`);
while ((await ask(page, 'runs.get', { run: first })).epochs.length < 2) await pause(200);
await take('light');
await prefer('theme', 'dark');
await take('dark');
await prefer('theme', 'light');
await prefer('locale', 'zh-CN');
await page.reload();
await page.locator('#heading').waitFor();
await take('chinese');
await prefer('locale', 'en');
await page.reload();
await page.locator('#heading').waitFor();

await main.evaluate(({ BrowserWindow, Menu }) => {
  const [window] = BrowserWindow.getAllWindows();
  Menu.getApplicationMenu()?.items[0]?.submenu?.popup({ window: window!, x: 0, y: 0 });
});
await take('menu');
await main.evaluate(({ Menu }) => {
  Menu.getApplicationMenu()?.items[0]?.submenu?.closePopup();
});

while ((await ask(page, 'runs.get', { run: first })).status === 'running') await pause(200);
if (bus) {
  await main.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.blur();
  });
  const [short] = (await startRuns(page, { network: course, settings: { ...settings, epochs: 1 } })) as [
    number,
  ];
  await show('#/runs');
  await main.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    window!.isFocused = () => false;
  });
  while ((await ask(page, 'runs.get', { run: short })).status !== 'finished') await pause(200);
  await take('notification');
}
await startRuns(page, { network: course, settings });
await show('#/train');
await main.evaluate(({ app }) => {
  app.quit();
});
await take('dialog');
program.child.kill('SIGKILL');
process.exit(0);
