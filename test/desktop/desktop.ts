/**
 * The real desktop program for tests: one display and one staged program a worker, and a process that a test may stop, kill and start again. Where
 * there is no Electron to test in, the test that asks for one is skipped with the reason.
 */
import { rmSync } from 'node:fs';
import { type Page, test } from '@playwright/test';
import { Display } from './display.ts';
import { Program, type ProgramOptions } from './program.ts';
import { type Stage, stage, testElectron, userFolder } from './stage.ts';

interface Place {
  readonly display: Display;
  readonly stage: Stage;
  readonly userHome: string;
}

let place: Promise<Place> | undefined;

/** Made at the first use. It is gone when the worker ends. */
export function desktopPlace(): Promise<Place> {
  place ??= makePlace();
  return place;
}

async function makePlace(): Promise<Place> {
  const electron = testElectron();
  if (typeof electron === 'string') {
    test.skip(true, `no Electron to test in: ${electron}`);
    throw new Error(electron);
  }
  const display = await Display.open(electron.xvfb);
  const staged = stage(electron);
  const userHome = userFolder('stride-user-');
  process.on('exit', () => {
    display.kill();
    staged.remove();
    rmSync(userHome, { recursive: true, force: true });
  });
  return { display, stage: staged, userHome };
}

export type DesktopStart = Pick<ProgramOptions, 'args' | 'env'>;

export class Desktop {
  /** STRIDE_HOME; given before the first start. */
  home: string;
  #program: Program | undefined;

  constructor(home = '') {
    this.home = home;
  }

  async start(options: DesktopStart = {}): Promise<Program> {
    const { display, stage, userHome } = await desktopPlace();
    this.#program = await Program.start({
      program: stage.program,
      home: this.home,
      userHome,
      display,
      ...options,
    });
    return this.#program;
  }

  get program(): Program {
    if (!this.#program) throw new Error('the desktop program is not running');
    return this.#program;
  }

  get page(): Page {
    return this.program.page;
  }

  /** Gives the exit code, or the signal's name; undefined where it was not running. */
  async stop(signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL' = 'SIGINT'): Promise<number | string | undefined> {
    const program = this.#program;
    this.#program = undefined;
    return program?.end(signal);
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<number | string> {
    const { program } = this;
    this.#program = undefined;
    return program.end();
  }
}
