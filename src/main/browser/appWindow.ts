/**
 * Opens the printed address as an app window (`--app=`: no tabs, no address bar) of a Chrome, Chromium or Edge that is
 * installed, where there is a display. Without one the address is opened by hand; that is not a failure.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A browser that cannot start says so within this time; one that runs is left alone. */
const startMilliseconds = 2000;

export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** The path of the browser to use; undefined where none is installed. CHROME_PATH names one. */
export async function findBrowser(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  // Loaded only here: it is of no use to a machine without a display.
  const { Launcher } = await import('chrome-launcher');
  try {
    const [found] = Launcher.getInstallations();
    if (found) return found;
  } catch (error) {
    // On Linux it throws where it finds none; it does not know Edge, so that is not the last word.
    if ((error as { code?: string }).code !== 'ERR_LAUNCHER_PATH_NOT_SET') throw error;
  }
  return edgePaths(platform, env).find(isExecutable);
}

function edgePaths(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string[] {
  if (platform === 'darwin') return ['/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge'];
  if (platform === 'win32') {
    return [env['ProgramFiles(x86)'], env.ProgramFiles]
      .filter((folder) => folder !== undefined)
      .map((folder) => join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'));
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return ['microsoft-edge-stable', 'microsoft-edge'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives whether the window came up, as far as can be told: a browser that runs already takes the address over and the
 * process ends at once, with 0. It is detached: Ctrl-C here ends the lab, and the window says so.
 */
export function openAppWindow(browser: string, url: string): Promise<boolean> {
  const child = spawn(browser, [`--app=${url}`, '--no-first-run', '--no-default-browser-check'], {
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve(true);
    }, startMilliseconds);
    child.on('error', () => {
      clearTimeout(timer);
      resolve(false);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}
