/**
 * A stand-in for the `electron` module, for tests: Electron's runtime is not everywhere, and a display even less. It keeps
 * what it is told and does as Electron does where the desktop host depends on it: the order of events when a window closes
 * and when the program quits. Use: `vi.mock('electron', () => import('./support/electron.ts'))`.
 */
import { EventEmitter } from 'node:events';

type Preventable = { defaultPrevented: boolean; preventDefault(): void } & Record<string, unknown>;

export function preventable(fields: Record<string, unknown> = {}): Preventable {
  const event: Preventable = {
    ...fields,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

class App extends EventEmitter {
  readonly paths = new Map<string, string>();
  hasLock = true;
  sandboxed = false;
  locale = 'en-GB';
  /** The exit code, once the program has ended. */
  exited: number | undefined;
  ready = Promise.withResolvers<void>();

  setName(): void {}
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  /** Nothing is drawn here, so no process of a window takes processor time. */
  getAppMetrics(): readonly [] {
    return [];
  }
  requestSingleInstanceLock(): boolean {
    return this.hasLock;
  }
  enableSandbox(): void {
    this.sandboxed = true;
  }
  whenReady(): Promise<void> {
    return this.ready.promise;
  }
  setBadgeCount(): boolean {
    return true;
  }
  getLocale(): string {
    return this.locale;
  }

  /** before-quit, then every window is asked to close; who prevents one of these keeps the program. */
  quit(): void {
    const event = preventable();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    for (const window of [...windows]) window.close();
    if (windows.size === 0) this.exited ??= 0;
  }
  /** Every window is destroyed, and nobody is asked. */
  exit(code: number): void {
    this.exited ??= code;
    windows.clear();
  }
}

let contentsMade = 0;

export class WebContents extends EventEmitter {
  readonly id = ++contentsMade;
  mainFrame = { url: '' };
  sent: unknown[][] = [];
  reloads = 0;
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;
  #destroyed = false;

  send(...message: unknown[]): void {
    this.sent.push(message);
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  reload(): void {
    this.reloads += 1;
  }
  insertCSS(): Promise<string> {
    return Promise.resolve('');
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  destroy(): void {
    this.#destroyed = true;
    this.emit('destroyed');
  }
}

const windows = new Set<BrowserWindow>();

interface WindowOptions {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly webPreferences: Record<string, unknown>;
}

export class BrowserWindow extends EventEmitter {
  readonly options: WindowOptions;
  readonly webContents = new WebContents();
  bounds: { x: number; y: number; width: number; height: number };
  shown = 0;
  maximized = false;
  minimized = false;

  constructor(options: WindowOptions) {
    super();
    this.options = options;
    this.bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width, height: options.height };
    windows.add(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  static get only(): BrowserWindow {
    const [first, ...others] = windows;
    if (!first || others.length > 0) throw new Error(`there are ${windows.size} windows`);
    return first;
  }
  static get count(): number {
    return windows.size;
  }

  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
  }
  show(): void {
    this.shown += 1;
  }
  focus(): void {}
  maximize(): void {
    this.maximized = true;
  }
  isDestroyed(): boolean {
    return !windows.has(this);
  }
  isVisible(): boolean {
    return this.shown > 0;
  }
  isFocused(): boolean {
    return true;
  }
  setProgressBar(): void {}
  isMaximized(): boolean {
    return this.maximized;
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  restore(): void {
    this.minimized = false;
  }
  getNormalBounds() {
    return this.bounds;
  }

  close(): void {
    const event = preventable();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }
  /** Without asking anybody. */
  destroy(): void {
    if (!windows.delete(this)) return;
    this.webContents.destroy();
    this.emit('closed');
    if (windows.size === 0) app.emit('window-all-closed');
  }
}

export const app = new App();
export class Notification {
  static isSupported(): boolean {
    return false;
  }
}

export const ipcMain = Object.assign(new EventEmitter(), { handle: () => undefined });
export const systemPreferences = Object.assign(new EventEmitter(), { subscribeNotification: () => 0 });
export const nativeImage = { createFromPath: () => undefined };

/** The icons in the tray that are there now. */
export class Tray extends EventEmitter {
  static count = 0;
  constructor() {
    super();
    Tray.count += 1;
  }
  setToolTip(): void {}
  setContextMenu(): void {}
  destroy(): void {
    Tray.count -= 1;
  }
}
export const powerMonitor = new EventEmitter();

export const screen = {
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1040 } }],
  getAllDisplays: () => screen.displays,
};

type Handler = (request: Request) => Promise<Response>;
interface Scheme {
  readonly scheme: string;
  readonly privileges: Readonly<Record<string, boolean>>;
}
export const protocol = {
  schemes: [] as Scheme[],
  handlers: new Map<string, Handler>(),
  registerSchemesAsPrivileged: (schemes: Scheme[]) => {
    protocol.schemes = schemes;
  },
  handle: (scheme: string, handler: Handler) => {
    protocol.handlers.set(scheme, handler);
  },
};

type PermissionHandler = (
  contents: unknown,
  permission: string,
  answer: (granted: boolean) => void,
  details: { requestingUrl: string },
) => void;
type RequestHandler = (details: { url: string }, answer: (answer: { cancel: boolean }) => void) => void;
const defaultSession = {
  permissionRequest: undefined as PermissionHandler | undefined,
  permissionCheck: undefined as (() => boolean) | undefined,
  devicePermission: undefined as (() => boolean) | undefined,
  beforeRequest: undefined as RequestHandler | undefined,
  setPermissionRequestHandler: (handler: PermissionHandler) => {
    defaultSession.permissionRequest = handler;
  },
  setPermissionCheckHandler: (handler: () => boolean) => {
    defaultSession.permissionCheck = handler;
  },
  setDevicePermissionHandler: (handler: () => boolean) => {
    defaultSession.devicePermission = handler;
  },
  on: () => undefined,
  webRequest: {
    onBeforeRequest: (handler: RequestHandler) => {
      defaultSession.beforeRequest = handler;
    },
  },
};
export const session = { defaultSession };

interface Question {
  readonly message: string;
  readonly buttons: string[];
  readonly cancelId: number;
}
export const dialog = {
  errors: [] as string[],
  questions: [] as Question[],
  /** The label of the button to press; a promise keeps the question on the screen. */
  answer: '' as string | Promise<string>,
  showErrorBox: (_title: string, text: string) => {
    dialog.errors.push(text);
  },
  showMessageBox: async (...args: [Question] | [BrowserWindow, Question]) => {
    const question = args.at(-1) as Question;
    dialog.questions.push(question);
    const response = question.buttons.indexOf(await dialog.answer);
    if (response < 0) throw new Error(`no such button; there is ${question.buttons.join(', ')}`);
    return { response };
  },
};

type MenuTemplate = { role?: string; label?: string }[];
export const Menu = {
  template: [] as MenuTemplate,
  buildFromTemplate: (template: MenuTemplate) => template,
  setApplicationMenu: (template: MenuTemplate) => {
    Menu.template = template;
  },
};

/** As if the program had just been started. */
export function restart(): void {
  for (const emitter of [app, ipcMain, powerMonitor, systemPreferences]) emitter.removeAllListeners();
  windows.clear();
  app.paths.clear();
  protocol.handlers.clear();
  Object.assign(app, { hasLock: true, sandboxed: false, locale: 'en-GB', exited: undefined });
  app.ready = Promise.withResolvers<void>();
  Object.assign(dialog, { errors: [], questions: [], answer: '' });
}
