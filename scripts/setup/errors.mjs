import { stripVTControlCharacters } from 'node:util';

/** A set-up problem that the user can solve: it is printed without a stack. */
export class SetupError extends Error {
  /**
   * @param {string} message what was wrong, where, and what would be right
   * @param {string} [output] the end of what the failing program printed
   */
  constructor(message, output = '') {
    super(message);
    this.name = 'SetupError';
    this.output = stripVTControlCharacters(output);
  }
}

/** Set-up was interrupted (Ctrl-C, kill). The next start continues from there. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`interrupted by ${signal}`);
    this.name = 'Interrupted';
    this.signal = signal;
  }
}
