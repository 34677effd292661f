/**
 * Progress output of set-up: one line per step on stderr (stdout belongs to the program that runs
 * afterwards). On a terminal the line of a long step is redrawn with its percentage; in a log a step has one
 * line, and further lines only if it takes long. A step that has nothing to do prints nothing.
 */
import process from 'node:process';
import { padded, spoken } from './language.mjs';

const BAR = 24;
/** Milliseconds that a step may be silent in a log. */
const SILENCE = 8000;

/**
 * @typedef {object} Line One step's line.
 * @property {(fraction: number | undefined, note?: string) => void} progress 0 to 1, or undefined if unknown
 * @property {(text: string) => void} done
 * @property {(text: string) => void} failed
 */

export class Report {
  #out;
  #tty;

  /** @param {{ write(text: string): unknown, isTTY?: boolean, columns?: number }} [out] */
  constructor(out = process.stderr) {
    this.#out = out;
    this.#tty = out.isTTY === true;
  }

  /** Prints a line that belongs to no step. @param {string} text */
  say(text) {
    this.#out.write(`${spoken(text)}\n`);
  }

  /**
   * Starts a step's line.
   * @param {string} name what is set up, a word or two
   * @param {string} doing what happens now, as in "installing 504 packages"
   * @returns {Line}
   */
  begin(name, doing) {
    const label = `  ${padded(spoken(name), 12)}`;
    const started = Date.now();
    const took = () => {
      const seconds = (Date.now() - started) / 1000;
      return seconds < 1 ? '' : ` (${seconds.toFixed(0)} s)`;
    };
    let spoke = started;
    if (this.#tty) this.#draw(`${label}${spoken(doing)}`);
    return {
      progress: (fraction, note = '') => {
        const what = spoken(note || doing);
        const share = fraction === undefined ? undefined : Math.max(0, Math.min(1, fraction));
        const percent = share === undefined ? '' : ` ${Math.floor(share * 100)} %`;
        if (this.#tty) {
          const full = Math.round((share ?? 0) * BAR);
          const bar =
            share === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(BAR - full)}${percent.padStart(6)}  `;
          this.#draw(`${label}${bar}${what}`);
        } else if (Date.now() - spoke >= SILENCE) {
          spoke = Date.now();
          this.say(`${label}${what}${percent}`);
        }
      },
      done: (text) => this.#end(`${label}${spoken(text)}${took()}`),
      failed: (text) => this.#end(`${label}${spoken(text)}`),
    };
  }

  /** Redraws the terminal's line. @param {string} text */
  #draw(text) {
    const width = (this.#out.columns ?? 80) - 1;
    this.#out.write(`\r\x1b[2K${text.length > width ? `${text.slice(0, width - 1)}…` : text}`);
  }

  /** @param {string} text */
  #end(text) {
    this.#out.write(this.#tty ? `\r\x1b[2K${text}\n` : `${text}\n`);
  }
}
