/**
 * The tests' real Electron for the bench: with a display of its own, it runs Stride or an empty window, and
 * ends with the contestant.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { Display } from '../../../test/desktop/display.ts';
import { Program } from '../../../test/desktop/program.ts';
import { linkTree, stage, testElectron, userFolder } from '../../../test/desktop/stage.ts';

const emptyProgram = `
const { app, BrowserWindow, protocol } = require('electron');
app.setPath('userData', process.env.STRIDE_HOME);
app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
app.whenReady().then(() => {
  protocol.handle('app', () => new Response('<!doctype html><p>.', { headers: { 'Content-Type': 'text/html' } }));
  const window = new BrowserWindow({ width: 1280, height: 860, show: false });
  window.once('ready-to-show', () => window.show());
  window.loadURL('app://stride/index.html');
});
process.on('SIGTERM', () => app.exit(0));
`;

/** Returns a function that starts the program; every start has the same home. */
export async function openElectron(what: 'stride' | 'empty'): Promise<() => Promise<Program>> {
  const electron = testElectron();
  if (typeof electron === 'string') throw new Error(`no Electron to measure in: ${electron}`);
  const display = await Display.open(electron.xvfb);
  const staged = stage(electron);
  if (what === 'empty') {
    rmSync(staged.app, { recursive: true });
    const made = userFolder('stride-empty-');
    writeFileSync(join(made, 'package.json'), '{ "name": "empty", "main": "main.cjs" }');
    writeFileSync(join(made, 'main.cjs'), emptyProgram);
    linkTree(made, staged.app);
    rmSync(made, { recursive: true });
  }
  const [home, userHome] = [userFolder('stride-home-'), userFolder('stride-user-')];
  let program: Program | undefined;
  process.on('exit', () => {
    program?.child.kill('SIGKILL');
    display.kill();
    staged.remove();
    for (const folder of [home, userHome]) rmSync(folder, { recursive: true, force: true });
  });
  return async () => {
    program = await Program.start({ program: staged.program, home, userHome, display, inspect: false });
    return program;
  };
}
