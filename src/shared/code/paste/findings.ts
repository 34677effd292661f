/** What reading code has to say: each with its line, so that nothing is left out in silence. */
import type { ProblemParameters } from '../../base/problem.ts';
import type { Place } from './values.ts';

/**
 * `error`: not understood, or not expressible, so that the net is another than the code's. `warning`: it computes the
 * same, but is not the same thing. `note`: what was concluded.
 */
export type FindingSeverity = 'error' | 'warning' | 'note';

export interface CodeFinding {
  readonly code: string;
  readonly severity: FindingSeverity;
  /** From 1; null where it is about the whole. */
  readonly line: number | null;
  /** The code that it is about. */
  readonly text: string;
  readonly parameters: ProblemParameters;
}

export class Findings {
  readonly all: CodeFinding[] = [];

  add(
    severity: FindingSeverity,
    code: string,
    place: Place | null,
    parameters: ProblemParameters = {},
  ): void {
    const finding = { code, severity, line: place?.line ?? null, text: place?.text ?? '', parameters };
    const same = this.all.some(
      (other) =>
        other.code === code &&
        other.line === finding.line &&
        JSON.stringify(other.parameters) === JSON.stringify(parameters),
    );
    if (!same) this.all.push(finding);
  }
}
