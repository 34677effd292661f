/** The desktop host from its first line to its window. */
import { join } from 'node:path';
import { type BrowserWindow, app, dialog, protocol, session } from 'electron';
import { Problem } from '../../shared/base/problem.ts';
import { exitCodes } from '../host/exitCodes.ts';
import type { Signals } from '../host/interrupts.ts';
import { makeHome } from '../lab/base/home.ts';
import type { Lab } from '../lab/lab.ts';
import { laterService } from '../transport/laterService.ts';
import type { Service } from '../transport/serve.ts';
import { followAccent } from './window/accent.ts';
import { askWhereToSave } from './files/downloads.ts';
import { answerFolderChoice } from './files/folderChoice.ts';
import { Lifetime } from './lifetime.ts';
import { answerTo } from './commandLine.ts';
import { AppMenu } from './menu.ts';
import { OpenedFiles, filesAmong } from './files/openedFiles.ts';
import { registerPageScheme, servePage } from './window/page.ts';
import { RecentFiles } from './files/recentFiles.ts';
import { showRunSigns } from './runSigns.ts';
import { guardContents, guardSession } from './security.ts';
import { type Texts, followLanguage, textsFor } from './texts.ts';
import { TrainingTray } from './tray.ts';
import { type LoadingGuard, guardLoading, loadingMark } from './trainingProblem.ts';
import { createWindow } from './window/window.ts';
import { noteLostProcesses } from './window/windowFaults.ts';

export interface DesktopOptions {
  readonly home: string;
  readonly createLab: (guard: LoadingGuard) => Promise<Lab>;
  /** Folder of the built window. */
  readonly renderer: string;
  /** Path of the built preload. */
  readonly preload: string;
  readonly platform: NodeJS.Platform;
  /** Path of the tray icon. */
  readonly icon: string;
  readonly signals: Signals;
  /** Command line, whose first word is the program. */
  readonly args?: readonly string[];
}

/**
 * Starts the host and returns at once: Electron becomes ready only after its main module has been evaluated,
 * so a module that awaited that would never finish.
 */
export function startDesktop(options: DesktopOptions): void {
  const answer = answerTo(options.args ?? []);
  if (answer !== undefined) {
    process.stdout.write(answer);
    app.exit(exitCodes.ok);
    return;
  }
  // Chromium's data are stored with Stride's own, and Electron's lock is on this folder: one window per home.
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
    // The other instance shows its window (`second-instance`).
    app.exit(exitCodes.ok);
    return;
  }
  const guard = guardLoading(options.home, options.platform);
  // Workers pass it on to the thread that loads the library.
  process.env['STRIDE_LOADING_MARK'] = loadingMark(options.home);
  app.enableSandbox();
  registerPageScheme();
  guardContents();
  // macOS reports the files before there is a window.
  const opened: string[] = [];
  const early = (event: { preventDefault(): void }, path: string) => {
    event.preventDefault();
    opened.push(path);
  };
  app.on('open-file', early);
  void app.whenReady().then(() => {
    app.off('open-file', early);
    return open(options, guard, opened);
  });
}

async function open(
  { home, createLab, renderer, preload, platform, icon, signals, args = [] }: DesktopOptions,
  guard: LoadingGuard,
  opened: readonly string[],
): Promise<void> {
  guardSession(session.defaultSession);
  askWhereToSave(session.defaultSession, home);
  noteLostProcesses();
  servePage(protocol, renderer);
  /** Replaced when the lab has told the chosen language. */
  let texts = () => textsFor(app.getLocale());
  const current = () => texts();
  const service = Promise.withResolvers<Service>();
  const later = laterService(service.promise);
  const makeWindow = () => {
    files.setReady(false);
    return createWindow({ home, preload, service: later, texts: current });
  };
  /** Undefined until the lab is there. */
  const made: { lifetime?: Lifetime } = {};
  const window = () => (made.lifetime ? made.lifetime.window : first);
  const recent = new RecentFiles(home, () => {
    menu.refresh();
  });
  const files = new OpenedFiles({ home, window, texts: current, recent });
  openLaterFiles(files);
  const applyAccent = followAccent(platform, window);
  answerFolderChoice(home, window);
  const menu = createMenu({ platform, window, files, recent, guard, texts: current, applyAccent });
  const first = makeWindow();
  await painted(first);
  // Electron ends a program whose last window was closed.
  if (first.isDestroyed()) return;
  let lab: Lab;
  try {
    lab = await createLab(guard);
    texts = await followLanguage(lab, app.getLocale(), (changed) => {
      menu.setTexts(changed);
    });
  } catch (error) {
    fail(error);
    return;
  }
  menu.setTexts(texts());
  made.lifetime = new Lifetime({
    home,
    lab,
    texts: current,
    platform,
    signals,
    first,
    createWindow: makeWindow,
    ...(platform !== 'darwin' && { tray: trayOf(icon, current, () => made.lifetime) }),
  });
  const showWindow = () => made.lifetime?.showWindow();
  showRunSigns({ lab, texts: current, window, showWindow });
  service.resolve(lab);
  files.open([...opened, ...filesAmong(args.slice(1), process.cwd())]);
}

/** Milliseconds after which the lab is created although the window has painted nothing. */
const paintPatience = 2000;

/** Resolves when the window's page has been painted for the first time, cannot be loaded, or takes too long. */
async function painted(window: BrowserWindow): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, paintPatience);
  const done = () => {
    resolve();
  };
  window.once('ready-to-show', done);
  window.once('closed', done);
  window.webContents.once('did-fail-load', done);
  await promise;
  clearTimeout(timer);
}

/** Opens files that the system hands over while the program runs. */
function openLaterFiles(files: OpenedFiles): void {
  app.on('second-instance', (_event, words, folder) => {
    files.open(filesAmong(words.slice(1), folder));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    files.open([path]);
  });
}

interface MenuParts {
  readonly platform: NodeJS.Platform;
  readonly window: () => BrowserWindow | undefined;
  readonly files: OpenedFiles;
  readonly recent: RecentFiles;
  readonly guard: LoadingGuard;
  readonly texts: () => Texts;
  readonly applyAccent: () => void;
}

function createMenu({ platform, window, files, recent, guard, texts, applyAccent }: MenuParts): AppMenu {
  const loadAgain = () => {
    guard.retry();
    window()?.webContents.reload();
  };
  return new AppMenu(
    {
      platform,
      window,
      openFile: () => void files.choose(),
      recent: {
        paths: () => recent.paths,
        open: (path) => {
          files.open([path]);
        },
        clear: () => {
          recent.clear();
        },
      },
      help: () => (guard.hasDied ? [{ label: texts().menu.loadAgain, click: loadAgain }] : []),
      onReady: () => {
        applyAccent();
        files.setReady(true);
      },
    },
    texts(),
  );
}

function trayOf(icon: string, texts: () => Texts, lifetime: () => Lifetime | undefined): TrainingTray {
  return new TrainingTray({
    icon,
    texts,
    showWindow: () => lifetime()?.showWindow(),
    quit: () => void lifetime()?.quit(),
  });
}

/**
 * Reports a fatal error, such as a history newer than the program or a folder that cannot be written, without
 * changing anything.
 */
function fail(error: unknown): void {
  if (!(error instanceof Problem)) console.error(error);
  dialog.showErrorBox('Stride', error instanceof Error ? error.message : String(error));
  app.exit(exitCodes.failure);
}
