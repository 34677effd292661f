/** The desktop host from its first line to its window. */
import { join } from 'node:path';
import { app, dialog, protocol, session } from 'electron';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodes } from '../host/exitCodes.ts';
import type { Signals } from '../host/interrupts.ts';
import { makeHome } from '../lab/base/home.ts';
import type { Lab } from '../lab/lab.ts';
import { askWhereToSave } from './downloads.ts';
import { Lifetime } from './lifetime.ts';
import { setMenu } from './menu.ts';
import { registerPageScheme, servePage } from './page.ts';
import { guardContents, guardSession } from './security.ts';
import { followLanguage, type Texts } from './texts.ts';
import { type LoadingGuard, guardLoading, loadingMark } from './trainingProblem.ts';
import { createWindow } from './window.ts';
import { noteLostProcesses } from './windowFaults.ts';

export interface DesktopOptions {
  readonly home: string;
  readonly createLab: (guard: LoadingGuard) => Promise<Lab>;
  /** The folder of the built window. */
  readonly renderer: string;
  /** The built preload. */
  readonly preload: string;
  readonly platform: NodeJS.Platform;
  readonly signals: Signals;
}

/**
 * Returns at once: Electron gets ready only when its main module has been evaluated, so a module that awaited that would
 * wait for ever.
 */
export function startDesktop(options: DesktopOptions): void {
  // What Chromium keeps goes with the rest, and Electron's lock is on this folder: one window a home.
  const userData = join(options.home, 'desktop');
  try {
    makeHome(userData);
  } catch (error) {
    fail(error);
    return;
  }
  app.setName('Stride');
  app.setPath('userData', userData);
  if (!app.requestSingleInstanceLock()) {
    // The other one shows its window (`second-instance`).
    app.exit(exitCodes.ok);
    return;
  }
  const guard = guardLoading(options.home, options.platform);
  // Workers hand it on to the thread that loads the library.
  process.env['STRIDE_LOADING_MARK'] = loadingMark(options.home);
  app.enableSandbox();
  registerPageScheme();
  guardContents();
  void app.whenReady().then(() => open(options, guard));
}

async function open(
  { home, createLab, renderer, preload, platform, signals }: DesktopOptions,
  guard: LoadingGuard,
): Promise<void> {
  guardSession(session.defaultSession);
  askWhereToSave(session.defaultSession, home);
  noteLostProcesses();
  servePage(protocol, renderer);
  let lab: Lab;
  let texts: () => Texts;
  try {
    lab = await createLab(guard);
    texts = await followLanguage(lab, app.getLocale(), (changed) => {
      setMenu(changed, platform);
    });
  } catch (error) {
    fail(error);
    return;
  }
  setMenu(texts(), platform);
  const lifetime = new Lifetime({
    home,
    lab,
    texts,
    platform,
    signals,
    createWindow: () => createWindow({ home, preload, service: lab }),
  });
  lifetime.showWindow();
}

/** A history that is newer than the program, a folder that cannot be written: said, and nothing is touched. */
function fail(error: unknown): void {
  if (!(error instanceof Problem)) console.error(error);
  dialog.showErrorBox('Stride', error instanceof Error ? error.message : String(error));
  app.exit(exitCodes.failure);
}
