/**
 * The table of runs: its filter, order and grouping; and, for the runs that match (as lines, runLines.svelte.ts), the
 * rows that have been in view. A list of ten thousand runs is ten thousand numbers: a row is fetched when it comes into
 * view, and kept. Events update the rows; where they may change which runs match or their order, the numbers are
 * fetched again, and the view keeps its place by the key of a line.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { CallReply, LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { type RunScope, runScopes } from '../../../shared/runs/runOrganisation.ts';
import { type GroupField, type SortField, groupFields, sortFields } from '../../../shared/runQuery/fields.ts';
import { parseRunQuery } from '../../../shared/runQuery/parse.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { RunLines } from './runLines.svelte.ts';

export interface Sort {
  readonly by: SortField;
  readonly descending: boolean;
}

const newestFirst: Sort = { by: 'created', descending: true };
const rowsAtOnce = 200;
/** Milliseconds for which changes are gathered before the numbers are fetched again. */
const settleMs = 700;

export class RunTable {
  /** The found runs as lines, with the cursor and the selection. */
  readonly list = new RunLines();
  /** The filter as typed; the table shows the last one that could be parsed. */
  filter = $state.raw('');
  /** The reason why the filter could not be parsed. */
  filterProblem = $state.raw<ProblemRecord | null>(null);
  scope = $state.raw<RunScope>('active');
  sort = $state.raw<Sort>(newestFirst);
  groupBy = $state.raw<GroupField | null>(null);

  /** False until the first answer has arrived. */
  loaded = $state.raw(false);
  problem = $state.raw<ProblemRecord | null>(null);
  counts = $state.raw<CallReply<'runs.query'>['counts']>({ active: 0, archived: 0, deleted: 0 });
  readonly rows = new SvelteMap<number, RunSummary>();
  /** Number of rows that come with the answer to a query: those in view, or nearly. The grid sets it to its height. */
  firstRows = 80;
  readonly #known: ReadonlySet<number> = $derived(new Set(this.list.runs));

  readonly #lab: LabClient;
  #shown = false;
  #asking = false;
  #askAgain = false;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #wanted: readonly number[] = [];
  #around: readonly number[] = [];
  #fetching = false;

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('run.changed', (run) => {
      this.#put(run);
    });
    lab.on('runs.organised', ({ runs }) => {
      // Rows in view are fetched again now; the others when they come into view.
      for (const run of runs) this.#stale.add(run);
      this.#settle(0);
      void this.#fetch();
    });
    lab.on('runs.removed', ({ runs }) => {
      const gone = new Set(runs);
      for (const run of runs) this.list.selected.delete(run);
      if (this.scope !== 'deleted') this.#without(gone);
      this.#settle(0);
    });
  }

  readonly #stale = new Set<number>();

  /** Events are followed only while the screen is shown. */
  show(): void {
    this.#shown = true;
    void this.load();
  }

  hide(): void {
    this.#shown = false;
    clearTimeout(this.#settling);
  }

  /** Fetches everything again after the connection was lost. */
  reload(): void {
    if (!this.#shown) return;
    for (const run of this.rows.keys()) this.#stale.add(run);
    void this.load();
  }

  /** Applies the address; what it does not mention gets its default. */
  follow(query: Readonly<Record<string, string>>): void {
    const { filter = '', sort = '', group = '', show = '' } = query;
    const by = sort.replace(/^-/, '');
    const given = {
      filter,
      sort: isOneOf(sortFields, by) ? { by, descending: sort.startsWith('-') } : newestFirst,
      groupBy: isOneOf(groupFields, group) ? group : null,
      scope: isOneOf(runScopes, show) ? show : 'active',
    } as const;
    if (JSON.stringify(this.toQuery()) === JSON.stringify(queryOf(given))) return;
    Object.assign(this, given);
    this.#changed();
  }

  /** Returns the query for the address. */
  toQuery(): Record<string, string> {
    return queryOf(this);
  }

  setFilter(text: string): void {
    this.filter = text;
    this.#changed();
  }

  setScope(scope: RunScope): void {
    this.scope = scope;
    this.list.selected.clear();
    this.#changed();
  }

  /** Sorts by another column: numbers from the largest, names from A. The same column again reverses the order. */
  sortBy(by: SortField, descending = by === this.sort.by ? !this.sort.descending : !textual.has(by)): void {
    this.sort = { by, descending };
    this.#changed();
  }

  setGroup(by: GroupField | null): void {
    this.groupBy = by;
    this.list.closed.clear();
    this.#changed();
  }

  /**
   * Requests the rows that are in view, or nearly. If one of them is unknown, it is fetched together with those
   * `around` it: while a list scrolls, an occasional call brings many rows, instead of one or two in each frame.
   */
  want(runs: readonly number[], around: readonly number[] = runs): void {
    this.#wanted = runs;
    this.#around = around;
    void this.#fetch();
  }

  #lacks(run: number): boolean {
    return !this.rows.has(run) || this.#stale.has(run);
  }

  /** The later of two concurrent calls counts. */
  async load(): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    try {
      do {
        this.#askAgain = false;
        await this.#ask();
      } while (this.#askAgain);
    } finally {
      this.#asking = false;
    }
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const { filter, filterProblem, scope, sort, groupBy } = this;
    if (filterProblem) return;
    try {
      const selection = { filter, scope, sort };
      const [found, groups] = await Promise.all([
        this.#lab.call('runs.query', { ...selection, rows: this.firstRows }),
        groupBy ? this.#lab.call('runs.groups', { ...selection, by: groupBy }) : null,
      ]);
      // A newer request follows; showing this answer would only flicker.
      if (this.#askAgain && this.loaded) return;
      for (const row of found.rows) {
        this.rows.set(row.id, row);
        this.#stale.delete(row.id);
      }
      this.counts = found.counts;
      this.list.grouped = groups && groupBy ? { by: groupBy, groups } : null;
      if (!sameNumbers(this.list.runs, found.runs)) this.list.runs = found.runs;
      if (this.list.selected.size > 0) {
        const there = new Set(found.runs);
        for (const run of this.list.selected) if (!there.has(run)) this.list.selected.delete(run);
      }
      this.problem = null;
      this.loaded = true;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  async #fetch(): Promise<void> {
    if (this.#fetching) return;
    this.#fetching = true;
    try {
      for (;;) {
        if (!this.#wanted.some((run) => this.#lacks(run))) return;
        const near = new Set([...this.#wanted, ...this.#around]);
        const missing = [...near].filter((run) => this.#lacks(run)).slice(0, rowsAtOnce);
        const rows = await this.#lab.call('runs.rows', { runs: missing });
        for (const run of missing) this.#stale.delete(run);
        for (const row of rows) this.rows.set(row.id, row);
        // Deleted runs must not be requested again and again.
        const gone = new Set(missing);
        for (const { id } of rows) gone.delete(id);
        if (gone.size > 0) {
          this.#wanted = this.#wanted.filter((run) => !gone.has(run));
          this.#around = this.#around.filter((run) => !gone.has(run));
          this.#without(gone);
        }
      }
    } catch (error) {
      this.problem = toProblemRecord(error);
    } finally {
      this.#fetching = false;
    }
  }

  #put(run: RunSummary): void {
    const before = this.rows.get(run.id);
    if (before || this.#known.has(run.id)) {
      this.rows.set(run.id, run);
      this.#stale.delete(run.id);
    }
    if (!this.#shown) return;
    // Progress changes neither which runs match nor, except in a few orders, their places.
    const moved =
      !before ||
      before.status !== run.status ||
      before.epochsDone !== run.epochsDone ||
      before.name !== run.name ||
      before.archived !== run.archived ||
      before.deletedAt !== run.deletedAt;
    if (moved) this.#settle(before ? settleMs : settleMs / 4);
  }

  #settle(after: number): void {
    if (!this.#shown) return;
    if (after === 0) clearTimeout(this.#settling);
    else if (this.#settling !== undefined) return;
    this.#settling = setTimeout(() => void this.load(), after);
  }

  #without(gone: ReadonlySet<number>): void {
    const rest = (runs: readonly number[]) => runs.filter((run) => !gone.has(run));
    this.list.runs = rest(this.list.runs);
    if (this.list.grouped) {
      const { by, groups } = this.list.grouped;
      const left = groups.map((group) => ({ ...group, runs: rest(group.runs) }));
      this.list.grouped = { by, groups: left.filter(({ runs }) => runs.length > 0) };
    }
  }

  #changed(): void {
    try {
      parseRunQuery(this.filter);
      this.filterProblem = null;
    } catch (error) {
      this.filterProblem = toProblemRecord(error);
      return;
    }
    if (this.#shown) void this.load();
  }
}

/** Sort fields whose default order is ascending. */
const textual: ReadonlySet<SortField> = new Set([
  'name',
  'net',
  'status',
  'dataset',
  'optimizer',
  'tag',
  'note',
  'seed',
  'loss',
  'time',
]);

function queryOf({
  filter,
  sort,
  groupBy,
  scope,
}: Pick<RunTable, 'filter' | 'sort' | 'groupBy' | 'scope'>): Record<string, string> {
  const order = `${sort.descending ? '-' : ''}${sort.by}`;
  return {
    filter,
    sort: order === '-created' ? '' : order,
    group: groupBy ?? '',
    show: scope === 'active' ? '' : scope,
  };
}

function isOneOf<T extends string>(all: readonly T[], text: string): text is T {
  return (all as readonly string[]).includes(text);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}
