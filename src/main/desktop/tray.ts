/**
 * The icon in the system's tray while Stride trains without a window: its state, and entries that open the
 * window or quit.
 */
import { Menu, Tray, nativeImage } from 'electron';
import type { Texts } from './texts.ts';

export interface TrayOptions {
  /** Path of the icon. */
  readonly icon: string;
  readonly texts: () => Texts;
  readonly showWindow: () => void;
  readonly quit: () => void;
}

export class TrainingTray {
  readonly #options: TrayOptions;
  #tray: Tray | undefined;

  constructor(options: TrayOptions) {
    this.#options = options;
  }

  /** Shows that `runs` are active. */
  show(runs: number): void {
    const { icon, texts, showWindow, quit } = this.#options;
    const { closeTitle, tray } = texts();
    if (!this.#tray) {
      this.#tray = new Tray(nativeImage.createFromPath(icon));
      this.#tray.on('click', showWindow);
    }
    this.#tray.setToolTip(`Stride: ${closeTitle(runs)}`);
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: closeTitle(runs), enabled: false },
        { type: 'separator' },
        { label: tray.show, click: showWindow },
        { label: texts().stopAndQuit, click: quit },
      ]),
    );
  }

  hide(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }
}
