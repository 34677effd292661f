/**
 * Opens the printed address as an app window (`--app=`: no tabs, no address bar) of an installed Chrome,
 * Chromium or Edge, if there is a display. Otherwise the user opens the address, which is not a failure.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A browser that cannot start ends within this time; one that runs is left alone. */
const startMilliseconds = 2000;

export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Returns the path of the browser to use: CHROME_PATH or an installed one; undefined if there is none. */
export async function findBrowser(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  // The package is imported here because a machine without a display does not need it.
  const { Launcher } = await import('chrome-launcher');
  try {
    const [found] = Launcher.getInstallations();
    if (found) return found;
  } catch (error) {
    // On Linux it throws if it finds none; since it does not know Edge, the search continues.
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
 * Returns whether the window opened, as far as that can be detected: a running browser takes over the
 * address, and the new process ends at once with 0. The browser is detached, so that Ctrl-C ends only the
 * lab, which the window then reports.
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
