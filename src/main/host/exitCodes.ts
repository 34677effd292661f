/** How the programs end: as shells expect it. Equal faults end equally, whichever command meets them. */
import type { Problem } from '../../shared/base/problem.ts';

export const exitCodes = {
  ok: 0,
  /** The command line was right, and what it asks for could not be done. */
  failure: 1,
  /** The command line was wrong: misspelt, out of range, or it names a file, a net or a data set that is not there. */
  usage: 2,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;

/** Problems of what was typed, whatever there is in history and on the disk: by their kind, or by their whole code. */
const ofTheCommandLine = [
  /^(call|query|layer|terminal)\./,
  /^network\.(?!unknown$)/,
  /^sweep\.(axis-twice|combination|field|invalid|seed|steps|too-many)$/,
  /^dataset\.(unknown|not-there)$/,
  /^verify\.unreadable$/,
  /^run\.(one-name|too-many-tags|threads|batch-size)$/,
  /^import\.(no-network|no-key|several)$/,
];

export function exitCodeOf({ code, parameters }: Problem): number {
  // What is wrong with one of a sweep's combinations is what would be wrong with it by itself.
  const { cause } = parameters;
  const own = typeof cause === 'string' ? cause : code;
  if (own === 'terminal.doctor') return exitCodes.failure;
  return ofTheCommandLine.some((pattern) => pattern.test(own)) ? exitCodes.usage : exitCodes.failure;
}
