/** What can be done with runs wherever they are shown: with those selected in the table, and with the run of a page. */
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import Copy from '@lucide/svelte/icons/copy';
import PackageOpen from '@lucide/svelte/icons/package-open';
import Pencil from '@lucide/svelte/icons/pencil';
import Repeat from '@lucide/svelte/icons/repeat';
import Tag from '@lucide/svelte/icons/tag';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { m } from '../../paraglide/messages.js';
import type { MenuItem } from '../../ui/overlay/menu.ts';
import type { Action, EntryOf } from '../actions.svelte.ts';
import type { AppState } from '../app.svelte.ts';

export interface RunTargets {
  readonly app: AppState;
  readonly targets: () => readonly number[];
  /** The run, if there is exactly one and it is known. */
  readonly only: () => RunSummary | undefined;
  readonly deleted: () => boolean;
  readonly archived: () => boolean;
  readonly openTags: () => void;
  readonly rename: () => void;
  /** Keys that delete; none on a page, where nothing is selected. */
  readonly deleteKeys?: readonly string[];
}

export function runTargetActions(where: RunTargets): Action[] {
  const { app, targets, only } = where;
  const { runActions } = app;
  const some = () => targets().length > 0 && !where.deleted();
  const one = () => only() !== undefined && !where.deleted();
  const withOnly = (work: (run: RunSummary) => unknown) => () => {
    const run = only();
    if (run) void work(run);
  };
  const action = (verb: string, rest: Omit<Action, 'id' | 'group'>): Action => ({
    id: `runs.${verb}`,
    group: 'runs',
    ...rest,
  });
  return [
    action('tag', { title: m.runs_tag, icon: Tag, keys: 't', available: some, run: where.openTags }),
    action('rename', { title: m.runs_rename, icon: Pencil, keys: 'n', available: one, run: where.rename }),
    action('archive', {
      title: m.runs_archive_or_back,
      icon: Archive,
      keys: 'e',
      available: some,
      run: () => void runActions.archive(targets(), !where.archived()),
    }),
    action('clone', {
      title: m.runs_clone,
      icon: Copy,
      keys: 'c',
      available: one,
      run: withOnly((run) => {
        runActions.clone(run);
      }),
    }),
    action('again', {
      title: m.runs_again,
      icon: Repeat,
      keys: 'Shift+r',
      available: one,
      run: withOnly(({ id }) => runActions.again(id)),
    }),
    {
      id: 'models.export',
      group: 'runs',
      title: m.models_export,
      icon: PackageOpen,
      keywords: () => 'export onnx keras pytorch tensorflow weights model',
      available: some,
      run: () => {
        app.models.openExport([...targets()]);
      },
    },
    action('delete', {
      title: m.runs_delete,
      icon: Trash2,
      danger: true,
      ...(where.deleteKeys && { keys: where.deleteKeys }),
      available: some,
      run: () => void runActions.delete(targets()),
    }),
    action('restore', {
      title: m.runs_restore,
      icon: Undo2,
      available: where.deleted,
      run: () => void runActions.restore(targets()),
    }),
  ];
}

/** Returns the menu's entry of `runs.archive`, which says what it would do with these runs. */
export function archiveEntry(entry: EntryOf, archived: boolean): MenuItem {
  return entry('runs.archive', {
    label: archived ? m.runs_unarchive() : m.runs_archive(),
    icon: archived ? ArchiveRestore : Archive,
  });
}
