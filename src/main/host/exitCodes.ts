/** How the programs end: as shells expect it. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  /** The command line was wrong. */
  usage: 2,
  /** 128 + SIGINT. */
  interrupted: 130,
} as const;
