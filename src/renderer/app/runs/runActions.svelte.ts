/**
 * The actions on runs other than steering them: organise, delete and restore, repeat, save as a file. A notice reports
 * each action and undoes it; errors are reported too.
 */
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import { toProblemRecord } from '../../../shared/base/problem.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { longestName } from '../../../shared/runs/runOrganisation.ts';
import { runLabel } from '../../i18n/format.ts';
import { problemText } from '../../i18n/problems.ts';
import { m } from '../../paraglide/messages.js';
import type { Filling } from '../train/trainForm.svelte.ts';
import type { NoticeOptions, Notices } from '../notices.svelte.ts';
import type { Router } from '../router.svelte.ts';

export interface RunActionsOptions {
  readonly lab: LabClient;
  readonly notices: Notices;
  readonly router: Router;
  /** Fills in the Train screen. */
  readonly fill: (filling: Filling) => void;
  /** Saves a file for the person. */
  readonly save: (file: { fileName: string; mediaType: string; text: string }) => void;
}

export class RunActions {
  readonly #options: RunActionsOptions;

  constructor(options: RunActionsOptions) {
    this.#options = options;
    options.lab.on('run.changed', (run) => {
      options.notices.runChanged(run);
    });
  }

  archive(runs: readonly number[], archived: boolean): Promise<boolean> {
    const say = archived ? m.runs_archived_notice : m.runs_unarchived_notice;
    return this.#do(() => this.#update({ runs: [...runs], archived }), {
      text: say({ count: runs.length }),
      undo: () => this.#update({ runs: [...runs], archived: !archived }),
      holds: (run) => !runs.includes(run.id) || (run.archived === archived && run.deletedAt === null),
    });
  }

  /** A run in progress is not deleted: a notice says so, and offers to stop it. */
  async delete(runs: readonly number[]): Promise<boolean> {
    const { lab, notices } = this.#options;
    try {
      await lab.call('runs.delete', { runs: [...runs] });
    } catch (error) {
      const problem = toProblemRecord(error);
      const run = problem.parameters['run'];
      const stop =
        problem.code === 'run.under-way' && typeof run === 'number'
          ? {
              action: {
                label: m.action_on_run({ action: m.stop(), run: `#${run}` }),
                run: async () => {
                  await lab.call('runs.stop', { run });
                },
              },
            }
          : {};
      notices.show(problemText(problem), { kind: 'bad', ...stop });
      return false;
    }
    notices.show(m.runs_deleted_notice({ count: runs.length }), {
      undo: async () => {
        await lab.call('runs.undelete', { runs: [...runs] });
      },
      holds: (run) => !runs.includes(run.id) || run.deletedAt !== null,
    });
    return true;
  }

  restore(runs: readonly number[]): Promise<boolean> {
    return this.#do(() => this.#options.lab.call('runs.undelete', { runs: [...runs] }), {
      text: m.runs_restored_notice({ count: runs.length }),
    });
  }

  /**
   * Deletes the runs permanently; the caller has asked for confirmation. Without `runs`, all deleted runs are purged.
   */
  purge(runs?: readonly number[]): Promise<boolean> {
    return this.#do(() => this.#options.lab.call('runs.purge', runs ? { runs: [...runs] } : {}), {
      text: m.runs_purged_notice(),
    });
  }

  rename(run: RunSummary, name: string): Promise<boolean> {
    const before = run.name;
    if (name.trim() === before) return Promise.resolve(true);
    return this.#do(() => this.#update({ runs: [run.id], name }), {
      text: m.runs_renamed_notice({ name: name.trim() }),
      undo: () => this.#update({ runs: [run.id], name: before }),
      holds: ({ id, name: now }) => id !== run.id || now === name.trim(),
    });
  }

  /** Sets the tags without a notice, because the change is visible. */
  setTags(run: number, tags: readonly string[]): Promise<boolean> {
    return this.#do(() => this.#update({ runs: [run], tags: [...tags] }));
  }

  addTag(runs: readonly number[], tag: string): Promise<boolean> {
    return this.#do(() => this.#update({ runs: [...runs], addTags: [tag] }));
  }

  removeTag(runs: readonly number[], tag: string): Promise<boolean> {
    return this.#do(() => this.#update({ runs: [...runs], removeTags: [tag] }));
  }

  /** Throws the lab's error: the text is still in its field, and the message belongs beside it. */
  async setNote(run: number, note: string): Promise<void> {
    await this.#update({ runs: [run], note });
  }

  /** Fills in the Train screen with all that this run was, so that it can be trained with changes. */
  clone({ id, name, network, settings, dataset, tags, origin }: RunSummary): void {
    const { fill, notices, router } = this.#options;
    const run = runLabel({ id, name: originalName(name) });
    fill({
      ...{ network, settings, dataset, tags, kept: origin?.network },
      name: m.runs_copy_of({ run }).slice(0, longestName),
    });
    router.go({ view: 'train' });
    notices.show(m.runs_clone_notice({ run: runLabel({ id, name }) }), {
      action: {
        label: m.runs_open(),
        run: () => {
          router.go({ view: 'run', run: id });
        },
      },
    });
  }

  /**
   * Repeats the run with the same net, settings, seed, data set and shards per batch, so that its numbers are equal bit
   * for bit.
   */
  async again(run: number): Promise<void> {
    const { lab, notices, router } = this.#options;
    try {
      const started = await lab.call('runs.again', { run });
      notices.show(m.runs_again_notice({ run: runLabel(started) }), {
        action: {
          label: m.runs_open(),
          run: () => {
            router.go({ view: 'run', run: started.id });
          },
        },
      });
    } catch (error) {
      notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
    }
  }

  export(request: CallInput<'runs.export'>): Promise<boolean> {
    return this.#do(async () => {
      this.#options.save(await this.#options.lab.call('runs.export', request));
    });
  }

  exportRun(run: number, what: 'epochs' | 'batches' | 'json'): Promise<boolean> {
    return this.#do(async () => {
      this.#options.save(await this.#options.lab.call('runs.exportRun', { run, what }));
    });
  }

  async #update(change: CallInput<'runs.update'>): Promise<void> {
    await this.#options.lab.call('runs.update', change);
  }

  async #do(
    work: () => Promise<unknown>,
    done?: { readonly text: string } & Pick<NoticeOptions, 'undo' | 'holds'>,
  ): Promise<boolean> {
    const { notices } = this.#options;
    try {
      await work();
    } catch (error) {
      notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
      return false;
    }
    if (done) {
      const { text, ...options } = done;
      notices.show(text, options);
    }
    return true;
  }
}

/**
 * Returns the name of the run that a copy was made from, without its number, so that copies of copies do not accumulate
 * suffixes.
 */
function originalName(name: string): string {
  return /^(?:Copy of )?(.+?) #\d+(?: 的副本)?$/.exec(name)?.[1] ?? name;
}

/** Saves a file as a browser saves what a page has made; the desktop asks for its place. */
export function saveFile({
  fileName,
  mediaType,
  text,
}: {
  fileName: string;
  mediaType: string;
  text: string;
}): void {
  // Spreadsheets recognise UTF-8 in CSV only by this byte order mark.
  const mark = mediaType.startsWith('text/csv') ? '\uFEFF' : '';
  const url = URL.createObjectURL(new Blob([mark, text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has begun by then; revoking the URL at once would make it fail in some browsers.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
