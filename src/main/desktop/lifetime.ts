/**
 * The lifetime of the program. Closing the window does not end training unless the user wants that: the
 * program continues without a window and ends after the last run. Quitting asks if runs are active, and
 * writes checkpoints for them.
 */
import { type BrowserWindow, app, dialog, powerMonitor } from 'electron';
import { exitCodes } from '../host/exitCodes.ts';
import { type Signals, onInterrupt } from '../host/interrupts.ts';
import { RunActivity } from '../host/runActivity.ts';
import type { Lab } from '../lab/lab.ts';
import type { Texts } from './texts.ts';
import { writeWindowState } from './window/windowState.ts';

export interface LifetimeOptions {
  readonly home: string;
  readonly lab: Lab;
  /** Returns the current texts; the language may be changed in the window. */
  readonly texts: () => Texts;
  readonly platform: NodeJS.Platform;
  readonly signals: Signals;
  /** The window that was opened before there was a lab. */
  readonly first?: BrowserWindow;
  readonly createWindow: () => BrowserWindow;
  /** Tray icon while runs continue without a window; not on macOS, where the dock serves that purpose. */
  readonly tray?: { show(runs: number): void; hide(): void } | undefined;
}

export class Lifetime {
  readonly #options: LifetimeOptions;
  readonly #activity: RunActivity;
  #window: BrowserWindow | undefined;
  /** Whether a question is on the screen; a second one would cover it. */
  #asking = false;
  #quitting: Promise<void> | undefined;
  #labClosed = false;

  constructor(options: LifetimeOptions) {
    this.#options = options;
    this.#activity = new RunActivity(options.lab);
    if (options.first && !options.first.isDestroyed()) this.#adopt(options.first);
    this.#activity.onIdle(() => {
      this.#options.tray?.hide();
      if (!this.#window && !this.#staysWithoutWindow) app.quit();
    });
    app.on('second-instance', () => {
      this.showWindow();
    });
    app.on('activate', () => {
      this.showWindow();
    });
    app.on('window-all-closed', () => {
      if (this.#activity.count === 0 && !this.#staysWithoutWindow) app.quit();
    });
    app.on('before-quit', (event) => {
      if (this.#labClosed) return;
      event.preventDefault();
      void this.#askToQuit();
    });
    // The user cannot be asked any more.
    powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
      event?.preventDefault();
      void this.quit();
    });
    onInterrupt(
      options.signals,
      () => void this.quit(),
      () => {
        app.exit(exitCodes.interrupted);
      },
    );
  }

  /**
   * Whether the program may stay without windows. On macOS that is normal; elsewhere the user could not reach
   * it.
   */
  get #staysWithoutWindow(): boolean {
    return this.#options.platform === 'darwin';
  }

  get window(): BrowserWindow | undefined {
    return this.#window;
  }

  showWindow(): void {
    if (this.#quitting) return;
    this.#options.tray?.hide();
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      this.#window.show();
      this.#window.focus();
      return;
    }
    this.#adopt(this.#options.createWindow());
  }

  #adopt(window: BrowserWindow): void {
    this.#window = window;
    window.on('close', (event) => {
      this.#onClose(window, event);
    });
    window.on('closed', () => {
      this.#window = undefined;
      if (this.#activity.count > 0) this.#options.tray?.show(this.#activity.count);
    });
    // When Windows shuts down or the user logs off, the system waits while the checkpoints are written.
    window.on('query-session-end', (event) => {
      if (this.#activity.count === 0) return;
      event.preventDefault();
      void this.quit();
    });
  }

  /** Writes checkpoints for the active runs, then ends. */
  quit(): Promise<void> {
    this.#quitting ??= this.#quit();
    return this.#quitting;
  }

  async #quit(): Promise<void> {
    try {
      await this.#options.lab.close();
    } catch (error) {
      dialog.showErrorBox('Stride', error instanceof Error ? error.message : String(error));
      app.exit(exitCodes.failure);
      return;
    }
    this.#labClosed = true;
    app.quit();
  }

  #onClose(window: BrowserWindow, event: { preventDefault(): void }): void {
    writeWindowState(this.#options.home, window);
    if (this.#labClosed || this.#activity.count === 0 || this.#staysWithoutWindow) return;
    event.preventDefault();
    void this.#askToClose(window);
  }

  async #askToClose(window: BrowserWindow): Promise<void> {
    const texts = this.#options.texts();
    const buttons = [texts.keepTraining, texts.stopAndQuit, texts.cancel];
    const choice = await this.#ask(texts.closeTitle(this.#activity.count), texts.closeDetail, buttons);
    // The window closes without asking again. If the last run has ended meanwhile, `window-all-closed` ends
    // the program.
    if (choice === 0) window.destroy();
    else if (choice === 1) await this.quit();
  }

  async #askToQuit(): Promise<void> {
    const texts = this.#options.texts();
    const runs = this.#activity.count;
    if (runs > 0 && !this.#quitting) {
      const choice = await this.#ask(texts.quitTitle(runs), texts.quitDetail, [
        texts.stopAndQuit,
        texts.cancel,
      ]);
      if (choice !== 0) return;
    }
    await this.quit();
  }

  /**
   * Returns the number of the button. The last one cancels; Escape, and a question that is already open,
   * count as it.
   */
  async #ask(message: string, detail: string, buttons: string[]): Promise<number> {
    const cancelId = buttons.length - 1;
    if (this.#asking) return cancelId;
    this.#asking = true;
    const question = { type: 'question' as const, message, detail, buttons, defaultId: 0, cancelId };
    try {
      const { response } = await (this.#window
        ? dialog.showMessageBox(this.#window, question)
        : dialog.showMessageBox(question));
      return response;
    } finally {
      this.#asking = false;
    }
  }
}
