/**
 * The menu: the platform's own entries, and every action of the window with its key, in the window's
 * language. The page reports which actions are available and receives the chosen one; it handles its keys
 * itself, so the menu shows them without listening for them.
 */
import { type BrowserWindow, Menu, type MenuItemConstructorOptions, ipcMain } from 'electron';
import { z } from 'zod';
import { type MenuAction, toMenu, toPage } from '../../shared/api/bridge.ts';
import { isOwnPage } from '../transport/electron.ts';
import type { Texts } from './texts.ts';

const actionsSchema = z
  .array(
    z.strictObject({
      id: z.string().max(100),
      group: z.string().max(100),
      title: z.string().max(300),
      keys: z.string().max(50),
      enabled: z.boolean(),
    }),
  )
  .max(500);

/** The most recently opened files. */
export interface RecentMenu {
  readonly paths: () => readonly string[];
  readonly open: (path: string) => void;
  readonly clear: () => void;
}

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  readonly window: () => BrowserWindow | undefined;
  /** Opens the system's dialog for a file. */
  readonly openFile: () => void;
  readonly recent: RecentMenu;
  /** Entries of the menu Help in addition to the window's own. */
  readonly help?: () => readonly MenuItemConstructorOptions[];
  /** Called when the page is loaded and has reported its actions. */
  readonly onReady: () => void;
}

export class AppMenu {
  readonly #options: MenuOptions;
  #texts: Texts;
  #actions: readonly MenuAction[] = [];

  constructor(options: MenuOptions, texts: Texts) {
    this.#options = options;
    this.#texts = texts;
    ipcMain.on(toMenu, (event, payload: unknown) => {
      const frame = event.senderFrame;
      if (!frame || frame !== this.#options.window()?.webContents.mainFrame || !isOwnPage(frame.url)) return;
      const actions = actionsSchema.safeParse(payload);
      if (!actions.success) return;
      this.#actions = actions.data;
      this.#show();
      this.#options.onReady();
    });
    this.#show();
  }

  setTexts(texts: Texts): void {
    this.#texts = texts;
    this.#show();
  }

  /** Rebuilds the menu after the recent files have changed. */
  refresh(): void {
    this.#show();
  }

  #show(): void {
    Menu.setApplicationMenu(Menu.buildFromTemplate(this.#template()));
  }

  #template(): MenuItemConstructorOptions[] {
    const { menu } = this.#texts;
    const { platform, openFile, help } = this.#options;
    const groups = [...new Set(this.#actions.map(({ group }) => group))];
    const mac = platform === 'darwin';
    return [
      ...(mac ? [{ role: 'appMenu' as const }] : []),
      {
        label: menu.file,
        submenu: [
          { label: menu.open, accelerator: 'CmdOrCtrl+O', click: openFile },
          { label: menu.openRecent, submenu: this.#recentEntries() },
          { type: 'separator' },
          { role: 'close', label: menu.close },
          ...(mac ? [] : [{ role: 'quit' as const, label: menu.quit }]),
        ],
      },
      { role: 'editMenu', label: menu.edit },
      ...groups.map((group) => ({
        label: group,
        submenu: this.#actions
          .filter((action) => action.group === group)
          .map((action) => this.#entry(action)),
      })),
      { role: 'viewMenu', label: menu.view },
      { role: 'windowMenu', label: menu.window },
      ...(help?.().length ? [{ label: menu.help, submenu: [...help()] }] : []),
    ];
  }

  #recentEntries(): MenuItemConstructorOptions[] {
    const { recent } = this.#options;
    const paths = recent.paths();
    return [
      ...paths.map((path) => ({
        label: path,
        click: () => {
          recent.open(path);
        },
      })),
      ...(paths.length > 0 ? [{ type: 'separator' as const }] : []),
      { label: this.#texts.menu.clearRecent, enabled: paths.length > 0, click: recent.clear },
    ];
  }

  #entry({ id, title, keys, enabled }: MenuAction): MenuItemConstructorOptions {
    const accelerator = acceleratorOf(keys);
    return {
      id,
      // A key sequence, or a key that Electron cannot express, is appended to the title.
      label: keys && !accelerator ? `${title}  (${keys.toUpperCase()})` : title,
      ...(accelerator && { accelerator, registerAccelerator: false }),
      enabled,
      click: () => {
        this.#options.window()?.webContents.send(toPage, id);
      },
    };
  }
}

const modifiers: Readonly<Record<string, string>> = {
  $mod: 'CmdOrCtrl',
  Control: 'Ctrl',
  Shift: 'Shift',
  Alt: 'Alt',
  Meta: 'Super',
};
const names: Readonly<Record<string, string>> = {
  Enter: 'Enter',
  Escape: 'Esc',
  Delete: 'Delete',
  Backspace: 'Backspace',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Space: 'Space',
};

/**
 * Returns Electron's accelerator for a key in tinykeys' notation (`$mod+k`), or undefined if there is none
 * (`g r`, `[Shift]+?`).
 */
export function acceleratorOf(keys: string): string | undefined {
  const parts = keys.split('+');
  const key = parts.pop() ?? '';
  if (parts.some((part) => !(part in modifiers))) return undefined;
  const name = /^([A-Za-z0-9]|F\d{1,2}|[,./;=-])$/.test(key) ? key.toUpperCase() : names[key];
  return name && [...parts.map((part) => modifiers[part]), name].join('+');
}
