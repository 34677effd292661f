/** The terminal program beside a window, with the history of the same host. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { handToUser } from '../desktop/stage.ts';
import { type Host, isDesktop } from './host.ts';

export const terminalProgram = fileURLToPath(new URL('../../out/main/terminal.js', import.meta.url));

/** Runs the terminal program to its end and returns what it prints. */
export async function inTerminal(host: Host, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [terminalProgram, ...words], {
    env: { ...process.env, STRIDE_HOME: host.home, NODE_OPTIONS: '' },
    maxBuffer: 2 ** 26,
  });
  // The desktop program is another user's where root runs the tests, and files of a history are for their owner alone.
  if (isDesktop()) handToUser(host.home);
  return stdout;
}
