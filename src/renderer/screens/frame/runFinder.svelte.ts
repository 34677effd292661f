/**
 * Runs looked for while something is typed, among all that history has: the lab is asked when typing rests, for the first
 * few rows. What is typed is a filter (shared/runQuery), of which a name is the simplest; what is none finds no runs.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { parseRunQuery } from '../../../shared/runQuery/parse.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';

export interface RunMatches {
  readonly query: string;
  /** The first ones, newest first. */
  readonly rows: readonly RunSummary[];
  /** How many there are in all. */
  readonly count: number;
}

const restMs = 120;
const mostRows = 8;
const none: RunMatches = { query: '', rows: [], count: 0 };

export class RunFinder {
  found = $state.raw<RunMatches>(none);
  readonly #lab: LabClient;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #wanted = '';

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  /** What is found stays until something else is, so that a list does not flicker; nothing is found for no text. */
  look(text: string): void {
    const query = text.trim();
    if (query === this.#wanted) return;
    this.#wanted = query;
    clearTimeout(this.#resting);
    if (query === '' || !isFilter(query)) this.found = none;
    else this.#resting = setTimeout(() => void this.#ask(query), restMs);
  }

  async #ask(query: string): Promise<void> {
    const sort = { by: 'created', descending: true } as const;
    try {
      const { runs, rows } = await this.#lab.call('runs.query', {
        ...{ filter: query, scope: 'all', sort, rows: mostRows },
      });
      if (query === this.#wanted) this.found = { query, rows, count: runs.length };
    } catch {
      // Without the lab there is nothing to be found; the frame says that it is gone.
      if (query === this.#wanted) this.found = none;
    }
  }
}

function isFilter(query: string): boolean {
  try {
    parseRunQuery(query);
    return true;
  } catch {
    return false;
  }
}
