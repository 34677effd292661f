/**
 * Messages between the bench and its contestants: one JSON object per line, commands on the contestant's
 * standard input and answers on its standard output. A contestant is started once, gets ready (which is not
 * counted), and then trains an epoch each time it is told to; in between it waits and uses no core.
 */

/** A command to a contestant. */
export interface Command {
  /** Number of the epoch, counted from 1. */
  readonly epoch: number;
}

/** The first answer: everything is loaded, and the one-time costs of the first steps are over. */
export interface Ready {
  readonly kind: 'ready';
  /** Versions of the libraries that it uses, by their displayed names. */
  readonly versions: Readonly<Record<string, string>>;
  /** Number of threads that its library uses by default, if known. */
  readonly threads?: number;
  /**
   * Share of correctly classified test images after its first epoch, if that was trained while it got ready.
   */
  readonly accuracy?: number;
  /** Floating-point operations of one turn, if it measures the machine rather than a net. */
  readonly flops?: number;
}

/** The answer to a command. */
export interface EpochDone {
  readonly kind: 'epoch';
  /**
   * Seconds of training, from the first image to the last step, without evaluation unless the contestant's
   * title says so.
   */
  readonly seconds: number;
  /**
   * Share of correctly classified test images after the epoch, which shows that all contestants train the
   * same net.
   */
  readonly accuracy?: number;
}

/** The last answer of a contestant that cannot continue. */
export interface Failed {
  readonly kind: 'failed';
  readonly message: string;
}

export type Answer = Ready | EpochDone | Failed;

/**
 * Numbers of images that a contestant trains and tests on: the data's first ones. Its one argument, as JSON,
 * contains these.
 */
export interface Extent {
  readonly trainImages: number;
  readonly testImages: number;
}
