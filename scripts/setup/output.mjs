/**
 * A reader that is gone (`npm run doctor | head`, a closed terminal) is no error of the program's. Where nobody reads stdout
 * any more, which is what a program is there for, it ends as the system would end it; stderr carries progress and notes, and
 * the work goes on without them. To be imported once by whatever script may be the first.
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
/** 128 + SIGPIPE, as shells have it. */
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
