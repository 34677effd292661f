/**
 * What the bench and its contestants say to each other: one JSON object a line, commands on the contestant's standard
 * input and answers on its standard output. A contestant is started once, gets ready (which is not counted), and then
 * does an epoch each time it is told to; in between it waits and uses no core.
 */

/** To a contestant. */
export interface Command {
  /** From 1. */
  readonly epoch: number;
}

/** First answer: everything is loaded and what only the first steps cost is behind. */
export interface Ready {
  readonly kind: 'ready';
  /** Of the libraries that it uses, by the name under which they are shown. */
  readonly versions: Readonly<Record<string, string>>;
  /** That its library uses by itself, where it can tell. */
  readonly threads?: number;
  /** Share of the test images after its first epoch, where that was already done while it got ready. */
  readonly accuracy?: number;
  /** Floating-point operations that one of its turns takes, where it measures the machine and not a net. */
  readonly flops?: number;
}

/** Answer to a command. */
export interface EpochDone {
  readonly kind: 'epoch';
  /** Of training: from the first image to the last step, evaluation excluded unless the contestant's title says so. */
  readonly seconds: number;
  /** Share of the test images that it gets right after the epoch: it shows that all train the same thing. */
  readonly accuracy?: number;
}

/** Last answer of a contestant that cannot go on. */
export interface Failed {
  readonly kind: 'failed';
  readonly message: string;
}

export type Answer = Ready | EpochDone | Failed;

/** How much of the data a contestant trains and tests on: its first images. Its one argument, as JSON, holds these. */
export interface Extent {
  readonly trainImages: number;
  readonly testImages: number;
}
