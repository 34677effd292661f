/**
 * Errors for people. A `Problem` is something that a user can understand and fix: a field out of range, a kernel that
 * does not fit, a truncated file. It carries a stable code and the values in its text, so that the window can show it
 * in the reader's language, and an English message for everything else (terminal, log). Any other error is a bug and is
 * reported as such.
 */

export type ProblemParameters = Readonly<Record<string, string | number>>;

export interface ProblemRecord {
  readonly code: string;
  readonly message: string;
  readonly parameters: ProblemParameters;
}

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly parameters: ProblemParameters;

  /** `message` says what was wrong, where, and what would be right. `code` is lower-case words with dots. */
  constructor(code: string, message: string, parameters: ProblemParameters = {}) {
    super(message);
    this.code = code;
    this.parameters = parameters;
  }

  toRecord(): ProblemRecord {
    return { code: this.code, message: this.message, parameters: this.parameters };
  }

  static fromRecord(record: ProblemRecord): Problem {
    return new Problem(record.code, record.message, record.parameters);
  }
}

/** Converts anything thrown for display; an unexpected error gets the code `internal`. */
export function toProblemRecord(error: unknown): ProblemRecord {
  if (error instanceof Problem) return error.toRecord();
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, parameters: {} };
}
