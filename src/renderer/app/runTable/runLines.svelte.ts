/**
 * The lines of the table of runs: the found runs, under the heads of their groups if they are grouped; the line that
 * has the keyboard, and the selected runs. runTable.svelte.ts finds the runs.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { RunGroup } from '../../../shared/api/calls/runs.ts';
import type { GroupField } from '../../../shared/runQuery/fields.ts';

export type TableLine =
  | { readonly kind: 'group'; readonly key: string; readonly group: RunGroup; readonly open: boolean }
  | { readonly kind: 'run'; readonly key: string; readonly run: number };

export class RunLines {
  /** The found runs, in their order. */
  runs = $state.raw<readonly number[]>([]);
  /**
   * The groups, with the field that they were made by: a head must not be rendered by a newer field, for which there
   * are no groups yet.
   */
  grouped = $state.raw<{ readonly by: GroupField; readonly groups: readonly RunGroup[] } | null>(null);
  /** Keys of the collapsed groups. */
  readonly closed = new SvelteSet<string>();
  readonly selected = new SvelteSet<number>();
  /** The line that has the keyboard. */
  cursor = $state.raw<string | null>(null);
  /** The scroll position at which the view was left, in pixels. */
  scrollTop = 0;
  #anchor: string | null = null;

  readonly lines: readonly TableLine[] = $derived.by(() => {
    if (!this.grouped) return this.runs.map((run) => ({ kind: 'run', key: `r${run}`, run }) as const);
    return this.grouped.groups.flatMap((group): TableLine[] => {
      const key = groupKey(group);
      const open = !this.closed.has(key);
      const head = { kind: 'group', key, group, open } as const;
      if (!open) return [head];
      // A run with several tags has several lines.
      return [head, ...group.runs.map((run) => ({ kind: 'run', key: `r${run} ${key}`, run }) as const)];
    });
  });
  readonly #indices: ReadonlyMap<string, number> = $derived(
    new Map(this.lines.map(({ key }, index) => [key, index])),
  );
  /** Index of the cursor's line, or −1. */
  readonly cursorIndex: number = $derived(this.cursor === null ? -1 : this.indexOf(this.cursor));

  indexOf(key: string): number {
    return this.#indices.get(key) ?? -1;
  }

  toggleGroup(key: string, open: boolean): void {
    if (open) this.closed.delete(key);
    else this.closed.add(key);
  }

  /** The runs that an action applies to: the selected ones, or else the one at the cursor. */
  readonly targets: readonly number[] = $derived.by(() => {
    if (this.selected.size > 0) return this.runs.filter((run) => this.selected.has(run));
    const line = this.lines[this.cursorIndex];
    return line?.kind === 'run' ? [line.run] : [];
  });

  toggle(run: number, on = !this.selected.has(run)): void {
    if (on) this.selected.add(run);
    else this.selected.delete(run);
  }

  /** Selects the lines from the anchor up to this one, as lists are selected with Shift. */
  selectTo(key: string): void {
    const from = this.indexOf(this.#anchor ?? this.cursor ?? key);
    const to = this.indexOf(key);
    if (from < 0 || to < 0) return;
    for (const line of this.lines.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      if (line.kind === 'run') this.selected.add(line.run);
    }
  }

  /** Sets the line where selecting with Shift begins. */
  anchorAt(key: string): void {
    this.#anchor = key;
  }

  selectAll(): void {
    for (const run of this.runs) this.selected.add(run);
  }

  clearSelection(): void {
    this.selected.clear();
    this.#anchor = null;
  }

  /** Moves by a number of lines, within the list; with `extend`, selects all lines on the way. */
  move(by: number, { extend = false } = {}): void {
    if (this.lines.length === 0) return;
    const from = this.cursorIndex;
    const to = from < 0 ? 0 : Math.max(0, Math.min(this.lines.length - 1, from + by));
    const line = this.lines[to]!;
    if (extend) {
      this.#anchor ??= this.cursor;
      this.cursor = line.key;
      this.selectTo(line.key);
    } else {
      this.#anchor = null;
      this.cursor = line.key;
    }
  }
}

export function groupKey({ key }: RunGroup): string {
  return `g${typeof key} ${String(key)}`;
}
