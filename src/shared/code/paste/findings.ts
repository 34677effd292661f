/** Findings about the code that is read, each with its line, so that nothing is omitted silently. */
import type { ProblemParameters } from '../../base/problem.ts';

/**
 * `error`: unsupported or not expressible, so that the net differs from the code's. `mistake`: Python or PyTorch would
 * stop here; the corrected code is read. `warning`: it computes the same, but is not identical. `note`: a conclusion.
 */
export type FindingSeverity = 'error' | 'mistake' | 'warning' | 'note';

export interface CodeFinding {
  readonly code: string;
  readonly severity: FindingSeverity;
  /** The cell of a notebook, from 1; null for code that is no notebook. */
  readonly cell: number | null;
  /** The line from 1; null for the whole code. */
  readonly line: number | null;
  /** The code that the finding concerns. */
  readonly text: string;
  readonly parameters: ProblemParameters;
}

interface FindingPlace {
  readonly cell: number | null;
  readonly line: number;
  readonly text: string;
}

export class Findings {
  readonly all: CodeFinding[] = [];

  add(
    severity: FindingSeverity,
    code: string,
    place: FindingPlace | null,
    parameters: ProblemParameters = {},
  ): void {
    this.put({
      code,
      severity,
      cell: place?.cell ?? null,
      line: place?.line ?? null,
      text: place?.text ?? '',
      parameters,
    });
  }

  /** A finding is not repeated. */
  put(finding: CodeFinding): void {
    const same = this.all.some(
      (other) =>
        other.code === finding.code &&
        other.cell === finding.cell &&
        other.line === finding.line &&
        JSON.stringify(other.parameters) === JSON.stringify(finding.parameters),
    );
    if (!same) this.all.push(finding);
  }
}
