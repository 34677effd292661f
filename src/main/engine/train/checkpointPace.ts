/** When a run's next checkpoint within an epoch is due. */

/** Seconds of an epoch that are lost at most when the process dies, unless the order says otherwise. */
const checkpointSeconds = 30;
/** Largest share of the training time that checkpoints within an epoch may take. */
const checkpointShare = 0.01;

export class CheckpointPace {
  readonly #least: number;
  #keptAt = performance.now();
  /**
   * Least number of seconds to the next checkpoint, based on the duration of the last one: a large net's
   * parameters take long to read.
   */
  #rest = 0;

  /** `least` is the number of seconds between two checkpoints, if they take hardly any time. */
  constructor(least = checkpointSeconds) {
    this.#least = least;
  }

  get due(): boolean {
    return (performance.now() - this.#keptAt) / 1000 >= Math.max(this.#least, this.#rest);
  }

  /** Notes that a checkpoint has just been taken; `began` is when that started, on the clock of `performance`. */
  took(began: number): void {
    this.kept();
    this.#rest = (this.#keptAt - began) / 1000 / checkpointShare;
  }

  /** Notes that an epoch has ended with a checkpoint. */
  kept(): void {
    this.#keptAt = performance.now();
  }
}
