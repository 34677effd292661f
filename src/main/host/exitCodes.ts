/**
 * Exit codes of the programs, as shells expect them. Equal faults have equal codes, whichever command meets
 * them.
 */
import type { Problem } from '../../shared/base/problem.ts';

export const exitCodes = {
  ok: 0,
  /** The command line was correct, but the request failed. */
  failure: 1,
  /**
   * The command line was wrong: misspelt, out of range, or naming a file, a net or a data set that does not
   * exist.
   */
  usage: 2,
  /** 128 + SIGINT */
  interrupted: 130,
} as const;

/**
 * Problems of the command line itself, independent of history and disk: by their kind, or by their whole
 * code.
 */
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
  // A problem with one of a sweep's combinations is classified like the same problem with a single run.
  const { cause } = parameters;
  const own = typeof cause === 'string' ? cause : code;
  if (own === 'terminal.doctor') return exitCodes.failure;
  return ofTheCommandLine.some((pattern) => pattern.test(own)) ? exitCodes.usage : exitCodes.failure;
}
