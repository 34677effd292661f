/**
 * Takes pictures of the built desktop program on a desktop, in a real Electron: its window in both themes and in Chinese, a
 * menu, a dialog of the system's, and the notification at a run's end:
 *
 *     node scripts/build.mjs && node scripts/screens/desktop.ts [folder]
 *
 * Besides what `npm run test:desktop` needs, it needs the Debian packages dbus, dunst, openbox and xdotool: a session bus, a
 * program that shows notifications, a window manager, and a pointer; and libnss-wrapper where it is run by root. The folder is
 * docs/screens by default.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { Display } from '../../test/desktop/display.ts';
import { ask, startRuns } from '../../test/desktop/lab.ts';
import { createPresets } from '../../test/desktop/presets.ts';
import { Program } from '../../test/desktop/program.ts';
import { ordinaryUser, stage, testElectron, userFolder } from '../../test/desktop/stage.ts';
import { savePicture } from './studio.ts';

const folder = resolve(process.argv[2] ?? 'docs/screens');
/** Milliseconds until another program has drawn what it was asked to. */
const drawn = 1500;
const patience = 300_000;

const electron = testElectron();
if (typeof electron === 'string') throw new Error(`There is no Electron to take pictures of: ${electron}`);
const display = await Display.open(electron.xvfb, { width: 1440, height: 940 });
const staged = stage(electron);
const [home, userHome] = [userFolder('stride-home-'), userFolder('stride-user-')];
const environment: NodeJS.ProcessEnv = { PATH: process.env['PATH'], HOME: userHome, DISPLAY: display.name };
const helpers: ChildProcess[] = [];

/** Starts a program of the desktop's as the user whose desktop it is. */
function start(command: string, ...args: string[]): ChildProcess {
  const child = spawn(command, args, {
    env: environment,
    cwd: userHome,
    stdio: ['ignore', 'pipe', 'inherit'],
    ...ordinaryUser,
  });
  helpers.push(child);
  return child;
}

function pointer(...args: (string | number)[]): void {
  const { status, stderr } = spawnSync('xdotool', args.map(String), {
    env: environment,
    encoding: 'utf8',
    ...ordinaryUser,
  });
  if (status !== 0) throw new Error(`xdotool ${args.join(' ')}: ${stderr}`);
}

async function picture(name: string): Promise<void> {
  await wait(drawn);
  const whole = join(userHome, 'display.png');
  display.picture(whole);
  await savePicture(readFileSync(whole), join(folder, `desktop-${name}.png`));
  process.stdout.write(`desktop-${name}\n`);
}

/** A session bus refuses a user without an account, which the tests' user is where root runs them; this gives it one. */
function account(): string[] {
  const { uid, gid } = ordinaryUser;
  if (uid === undefined) return [];
  const [users, groups] = [join(userHome, 'passwd'), join(userHome, 'group')];
  writeFileSync(users, `stride:x:${uid}:${gid}::${userHome}:/bin/false\n`);
  writeFileSync(groups, `stride:x:${gid}:\n`);
  return ['LD_PRELOAD=libnss_wrapper.so', `NSS_WRAPPER_PASSWD=${users}`, `NSS_WRAPPER_GROUP=${groups}`];
}

async function openDesktop(): Promise<void> {
  const bus = start(
    'env',
    ...account(),
    ...['dbus-daemon', '--session', '--nofork', '--print-address=1', `--address=unix:tmpdir=${userHome}`],
  );
  const ended = once(bus, 'exit').then(() => {
    throw new Error(
      'The session bus did not start: are dbus, dunst, openbox, xdotool and libnss-wrapper installed?',
    );
  });
  const line = once(createInterface({ input: bus.stdout! }), 'line');
  const [address] = (await Promise.race([line, ended])) as [string];
  environment['DBUS_SESSION_BUS_ADDRESS'] = address;
  for (const program of ['openbox', 'dunst']) start(program);
  await wait(drawn);
}

/** Returns the run's number. */
async function train({ page }: Program, settings: object): Promise<number> {
  const { course } = await createPresets(page);
  const [run] = await startRuns(page, { network: course, settings: { seed: 1, ...settings } });
  return run!;
}

async function takePictures(program: Program): Promise<void> {
  const { page } = program;
  const main = program.main!;
  const set = (key: string, value: string) => ask(page, 'preferences.set', { key, value });
  await main.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.maximize());
  const run = await train(program, { epochs: 30 });
  await page.evaluate("location.hash = '#/train'");
  await page.getByText(/^Epoch [3-9] of 30$/).waitFor({ timeout: patience });
  await set('theme', 'light');
  await picture('light');
  await set('theme', 'dark');
  await picture('dark');
  await set('theme', 'light');
  await set('locale', 'zh-CN');
  await picture('chinese');
  await set('locale', 'en');

  // Alt shows the bar of menus, where the page's upper edge was.
  const content = await main.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]!.getContentBounds(),
  );
  pointer('key', 'Alt_L');
  await wait(drawn);
  pointer('mousemove', content.x + 105, content.y + 13, 'click', 1);
  await picture('menu');
  pointer('key', 'Escape', 'key', 'Escape');

  await main.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
  await picture('dialog');
  pointer('key', 'Escape');

  await ask(page, 'runs.stop', { run });
  await main.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.blur());
  await train(program, { epochs: 1, batchSize: 512 });
  await page.locator('[data-status=finished]').first().waitFor({ timeout: patience });
  await picture('notification');
}

try {
  await openDesktop();
  const program = await Program.start({
    program: staged.program,
    home,
    userHome,
    display,
    env: { DBUS_SESSION_BUS_ADDRESS: environment['DBUS_SESSION_BUS_ADDRESS'] },
  });
  try {
    await takePictures(program);
  } finally {
    await program.end('SIGINT');
  }
} finally {
  for (const helper of helpers) helper.kill();
  await display.close();
  staged.remove();
  for (const each of [home, userHome]) rmSync(each, { recursive: true, force: true });
}
