/** What a command of the terminal works with: streams, a lab that is open while it works, and Ctrl-C. */
import { exitCodes } from '../host/exitCodes.ts';
import { type Signals, onInterrupt } from '../host/interrupts.ts';
import { inLanguage } from '../host/language.ts';
import type { Lab } from '../lab/lab.ts';
import { type Io, type OutputStream, note } from './io.ts';

export interface Terminal {
  readonly stdin?: NodeJS.ReadableStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly signals: Signals;
  /** Called at a second Ctrl-C. */
  readonly kill: () => void;
  readonly createLab: (host: 'terminal' | 'browser') => Promise<Lab>;
  /** Begins to load what training needs, while a lab is opened. */
  readonly loadAhead: () => void;
  /** Folder of the built window, for `serve`. */
  readonly renderer: string;
  /** Path of scripts/doctor.mjs. */
  readonly doctor: string;
}

export class CommandRunner {
  readonly io: Io;
  /** The exit code, set by commands whose work may fail without an error. */
  code: number = exitCodes.ok;
  readonly #terminal: Terminal;
  readonly #unread: AbortSignal;

  /** `unread` is aborted when nobody reads the output any more. */
  constructor(terminal: Terminal, io: Io, unread: AbortSignal) {
    this.#terminal = terminal;
    this.io = io;
    this.#unread = unread;
  }

  /** Opens a lab for the work and closes it afterwards. */
  readonly withLab = async <T>(work: (lab: Lab) => Promise<T>): Promise<T> => {
    const lab = await this.#terminal.createLab('terminal');
    if (lab.lookOnly) note(this.io, `stride: ${inLanguage(lab.lookOnly)}`);
    try {
      return await work(lab);
    } finally {
      await lab.close();
    }
  };

  /** Runs long work and aborts it at Ctrl-C, or when nobody reads its output any more. */
  readonly untilStopped = async (work: (stop: AbortSignal) => Promise<number>): Promise<void> => {
    const { signals, kill } = this.#terminal;
    const interrupted = new AbortController();
    const forget = onInterrupt(
      signals,
      () => {
        interrupted.abort();
      },
      kill,
    );
    try {
      this.code = await work(AbortSignal.any([interrupted.signal, this.#unread]));
    } finally {
      forget();
    }
  };

  /** Does long work in a lab, as `untilStopped`. */
  readonly inLabUntilStopped = (work: (lab: Lab, stop: AbortSignal) => Promise<number>): Promise<void> =>
    this.untilStopped((stop) => this.withLab((lab) => work(lab, stop)));

  /** Trains in a lab, as `inLabUntilStopped`. */
  readonly training = (work: (lab: Lab, stop: AbortSignal) => Promise<number>): Promise<void> => {
    this.#terminal.loadAhead();
    return this.inLabUntilStopped(work);
  };
}
