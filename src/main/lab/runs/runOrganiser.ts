/**
 * Finds and organises runs: they are renamed, tagged, archived, deleted and restored. A deleted run keeps all
 * its data until it is purged; then its files are removed first and its records afterwards, so that an
 * interrupted purge is found and completed at the next start.
 */
import { setTimeout as later } from 'node:timers';
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { daysUntilPurge, mostTags } from '../../../shared/runs/runOrganisation.ts';
import { parseRunQuery } from '../../../shared/runQuery/parse.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import { batchesCsv, epochsCsv, runJson, runsCsv, runsJson } from '../../export/runs.ts';
import type { RunSearch } from '../../history/queries/runQueries.ts';
import type { Events } from '../base/events.ts';
import type { RunBook } from './runBook.ts';

/**
 * Largest number of changed runs that are each announced by `run.changed`; for more, a window queries the
 * runs that it shows.
 */
const fewRuns = 50;
const dayMs = 86_400_000;

type Selection = Pick<CallRequest<'runs.query'>, 'filter' | 'scope' | 'sort'>;

export class RunOrganiser {
  readonly #book: RunBook;
  readonly #files: CheckpointFiles;
  readonly #events: Events;
  #purging: Promise<unknown> = Promise.resolve();

  constructor({ book, files, events }: { book: RunBook; files: CheckpointFiles; events: Events }) {
    this.#book = book;
    this.#files = files;
    this.#events = events;
  }

  query({ rows, ...selection }: CallRequest<'runs.query'>): CallReply<'runs.query'> {
    this.#book.recover();
    const { queries } = this.#book.history;
    const runs = queries.find(search(selection));
    return { runs, rows: this.#book.rows(runs.slice(0, rows)), counts: queries.counts() };
  }

  groups({ by, ...selection }: CallRequest<'runs.groups'>): CallReply<'runs.groups'> {
    this.#book.recover();
    return this.#book.history.queries.groups(search(selection), by);
  }

  update({ runs, ...change }: CallRequest<'runs.update'>): void {
    this.#requirePresent(runs);
    const { organisation } = this.#book.history;
    if (change.name !== undefined && runs.length > 1) {
      throw new Problem('run.one-name', 'a name is for one run; give each run its own', {
        count: runs.length,
      });
    }
    if (change.addTags && !change.tags) {
      const most = organisation.mostTagsWith(runs, change.addTags);
      if (most > mostTags) {
        throw new Problem('run.too-many-tags', `a run can have ${mostTags} tags; one would have ${most}`, {
          most: mostTags,
          count: most,
        });
      }
    }
    organisation.update(runs, change);
    this.#tell(runs);
  }

  delete(runs: readonly number[]): void {
    this.#book.recover();
    this.#requirePresent(runs);
    const { history } = this.#book;
    history.transaction(() => {
      const [busy] = history.organisation.underWay(runs);
      if (busy !== undefined) {
        throw new Problem(
          'run.under-way',
          `run ${busy} is under way and cannot be deleted; stop it first. Nothing was deleted`,
          { run: busy },
        );
      }
      history.organisation.delete(runs, new Date().toISOString());
    });
    this.#events.emit('runs.removed', { runs: [...runs] });
  }

  undelete(runs: readonly number[]): void {
    const back = this.#book.history.organisation.undelete(runs);
    const gone = runs.find((run) => !back.includes(run) && !this.#book.history.runs.summary(run));
    if (back.length > 0) this.#tell(back);
    if (gone !== undefined) {
      throw new Problem('run.gone', `run ${gone} was removed for good and cannot be had back`, { run: gone });
    }
  }

  /** Purges the given runs, or all deleted ones; unless `now`, only those whose retention period is over. */
  purge(runs?: readonly number[], now = true): Promise<number[]> {
    // Purges run one after another: each also completes an interrupted purge, which must not be another one
    // that is still running.
    const work = this.#purging.catch(() => undefined).then(() => this.#purge(runs, now));
    this.#purging = work;
    return work;
  }

  async #purge(runs: readonly number[] | undefined, now: boolean): Promise<number[]> {
    const { organisation } = this.#book.history;
    // The comparison includes runs deleted in this very millisecond, because the time is compared as text and
    // may be equal.
    const before = new Date(Date.now() + (now ? 1 : -daysUntilPurge * dayMs)).toISOString();
    const going = organisation.startPurge(before, runs);
    const gone: number[] = [];
    try {
      for (const run of going) {
        await this.#files.removeAll(run);
        organisation.endPurge(run);
        gone.push(run);
      }
    } finally {
      if (gone.length > 0) this.#events.emit('runs.removed', { runs: gone });
    }
    return gone;
  }

  /**
   * Purges once the lab has started, so that nothing waits for it. Files that cannot be removed are tried
   * again at the next start.
   */
  purgeOld(): { stop(): Promise<void> } {
    const timer = later(() => {
      this.purge(undefined, false).catch((error: unknown) => {
        if (!(error instanceof Problem)) console.error('deleted runs could not be removed:', error);
      });
    }, 0);
    return {
      stop: async () => {
        clearTimeout(timer);
        await this.#purging.catch(() => undefined);
      },
    };
  }

  export({ runs, format, ...selection }: CallRequest<'runs.export'>): CallReply<'runs.export'> {
    const wanted = runs ?? this.#book.history.queries.find(search(selection));
    const rows = this.#book.rows(wanted);
    return format === 'csv'
      ? file('stride-runs.csv', runsCsv(rows))
      : file('stride-runs.json', runsJson(rows));
  }

  exportRun(run: number, what: CallRequest<'runs.exportRun'>['what']): CallReply<'runs.exportRun'> {
    const detail = this.#book.detail(run);
    if (what === 'epochs') return file(`run-${run}-epochs.csv`, epochsCsv(detail));
    const losses = this.#book.history.batchLosses.read(run, 0);
    return what === 'batches'
      ? file(`run-${run}-batches.csv`, batchesCsv(detail, losses))
      : file(`run-${run}.json`, runJson(detail, losses));
  }

  async files(run: number): Promise<CallReply<'runs.files'>> {
    this.#book.summary(run);
    return { folder: this.#files.folder(run), files: await this.#files.list(run) };
  }

  #requirePresent(runs: readonly number[]): void {
    const present = new Set(this.#book.history.organisation.present(runs));
    const missing = runs.find((run) => !present.has(run));
    if (missing === undefined) return;
    // This throws the problem for a run that does not exist.
    this.#book.summary(missing);
    throw new Problem('run.deleted', `run ${missing} is deleted; restore it first`, { run: missing });
  }

  #tell(runs: readonly number[]): void {
    this.#events.emit('runs.organised', { runs: [...runs] });
    if (runs.length <= fewRuns) for (const run of runs) this.#book.changed(run);
  }
}

function search({ filter, scope, sort }: Selection): RunSearch {
  return { filter: parseRunQuery(filter), scope, sort };
}

function file(fileName: string, text: string): CallReply<'runs.export'> {
  const csv = fileName.endsWith('.csv');
  return { fileName, mediaType: csv ? 'text/csv;charset=utf-8' : 'application/json', text };
}
