/**
 * Searches all runs of the history while something is typed: the lab is queried for the first few rows when typing
 * rests. The text is a filter (shared/runQuery), whose simplest form is a name; an invalid filter finds no runs.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { parseRunQuery } from '../../../shared/runQuery/parse.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';

export interface RunMatches {
  readonly query: string;
  /** The first matches, newest first. */
  readonly rows: readonly RunSummary[];
  /** Total number of matches. */
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

  /** The result stays until the next one arrives, so that a list does not flicker; an empty text finds nothing. */
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
      // Without the lab nothing can be found; the frame says that it cannot be reached.
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
