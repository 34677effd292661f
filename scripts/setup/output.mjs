/**
 * A reader that has gone away (`npm run doctor | head`, a closed terminal) is not an error of the program. If
 * nobody reads stdout, the program's purpose, any more, it ends as the system would end it; stderr has only
 * progress and notes, and the work continues without it. Any script that may be the entry point imports this
 * once.
 */
import process from 'node:process';
import { spoken } from './language.mjs';

try {
  process.cwd();
} catch {
  process.stderr.write(`${spoken('The folder in which this was started is gone; go to another one.')}\n`);
  process.exit(1);
}

const GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);
/** 128 + SIGPIPE, as shells report it. */
const NOBODY_READS = 141;

/** @param {NodeJS.ErrnoException} error */
const isGone = (error) => GONE.has(error.code ?? '');

process.stdout.on('error', (error) => {
  if (!isGone(error)) throw error;
  process.exit(NOBODY_READS);
});
process.stderr.on('error', (error) => {
  if (!isGone(error)) throw error;
});
