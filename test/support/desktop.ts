/** The desktop host in a test: a home, a built window, a lab and signals of its own, and the stand-in for Electron. */
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDesktop } from '../../src/main/desktop/start.ts';
import { BrowserWindow, app, restart } from './electron.ts';
import { StandInLab, runSummary } from './standInLab.ts';

export interface StartOptions {
  readonly createLab?: () => Promise<StandInLab>;
  readonly platform?: NodeJS.Platform;
  /** Whether the page is painted. */
  readonly painted?: boolean;
}

export function openDesktop() {
  restart();
  const folder = mkdtempSync(join(tmpdir(), 'stride-desktop-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<title>the window</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(folder, 'renderer', 'notes.txt'), 'secret');
  writeFileSync(join(folder, 'secret.js'), 'secret');
  const lab = new StandInLab({ 'presets.list': () => [], 'preferences.get': () => ({}) });
  const signals = new EventEmitter();
  const home = join(folder, 'home');
  return {
    folder,
    home,
    lab,
    signals,
    async start({
      createLab = async () => lab,
      platform = 'linux',
      painted = true,
    }: StartOptions = {}): Promise<void> {
      const preload = '/out/preload/preload.cjs';
      startDesktop({
        home,
        createLab,
        renderer: join(folder, 'renderer'),
        preload,
        platform,
        icon: 'icon.png',
        signals,
      });
      app.ready.resolve();
      await settled();
      if (painted && BrowserWindow.count === 1) BrowserWindow.only.emit('ready-to-show');
      await settled();
    },
    underWay(...ids: number[]): void {
      for (const id of ids) lab.emit('run.changed', runSummary({ id, status: 'running' }));
    },
    end(id: number): void {
      lab.emit('run.changed', runSummary({ id, status: 'finished' }));
    },
  };
}

export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
