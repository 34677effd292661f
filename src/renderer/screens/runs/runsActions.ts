/** The actions of the Runs screen: for the command palette and its keys, and for the menus of rows. */
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import ChartLine from '@lucide/svelte/icons/chart-line';
import GitCompare from '@lucide/svelte/icons/git-compare';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import ExternalLink from '@lucide/svelte/icons/external-link';
import PackageOpen from '@lucide/svelte/icons/package-open';
import Pencil from '@lucide/svelte/icons/pencil';
import Repeat from '@lucide/svelte/icons/repeat';
import Tag from '@lucide/svelte/icons/tag';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { mostCompared } from '../../../shared/compare/comparison.ts';
import { m } from '../../paraglide/messages.js';
import type { Action, menuOf } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import type { MenuEntry } from '../../ui/overlay/menu.ts';
import { afterGo } from '../../app/goKey.ts';

export interface RunsContext {
  readonly app: AppState;
  readonly focusFilter: () => void;
  readonly openTags: () => void;
  readonly openRename: () => void;
  readonly toggleOverlay: () => void;
  readonly askPurge: () => void;
}

function state({ app: { table } }: RunsContext) {
  const { targets } = table.list;
  const rows = targets.flatMap((run) => table.rows.get(run) ?? []);
  return {
    targets,
    rows,
    only: targets.length === 1 ? rows[0] : undefined,
    deleted: rows.some(({ deletedAt }) => deletedAt !== null),
    archived: rows.length > 0 && rows.every(({ archived }) => archived),
  };
}

export function runsActions(context: RunsContext): Action[] {
  const { app } = context;
  const { table, runActions } = app;
  const some = () => state(context).targets.length > 0 && !state(context).deleted;
  const one = () => state(context).only !== undefined && !state(context).deleted;
  const withOnly = (work: (run: RunSummary) => unknown) => () => {
    const { only } = state(context);
    if (only) void work(only);
  };
  return [
    { id: 'runs.filter', group: 'runs', title: m.runs_filter, keys: '/', run: context.focusFilter },
    {
      id: 'runs.tag',
      group: 'runs',
      title: m.runs_tag,
      icon: Tag,
      keys: 't',
      available: () => some() && !afterGo(),
      run: context.openTags,
    },
    {
      id: 'runs.rename',
      group: 'runs',
      title: m.runs_rename,
      icon: Pencil,
      keys: 'n',
      available: one,
      run: context.openRename,
    },
    {
      id: 'runs.archive',
      group: 'runs',
      title: m.runs_archive_or_back,
      icon: Archive,
      keys: 'e',
      available: some,
      run: () => {
        const { targets, archived } = state(context);
        void runActions.archive(targets, !archived);
      },
    },
    {
      id: 'runs.delete',
      group: 'runs',
      title: m.runs_delete,
      icon: Trash2,
      danger: true,
      keys: ['Delete', 'Backspace'],
      available: some,
      run: () => {
        void runActions.delete(state(context).targets);
      },
    },
    {
      id: 'runs.overlay',
      group: 'runs',
      title: m.runs_overlay,
      icon: ChartLine,
      keys: 'o',
      available: () => state(context).targets.length > 0,
      run: context.toggleOverlay,
    },
    {
      id: 'runs.compare',
      group: 'runs',
      title: m.compare_action,
      icon: GitCompare,
      keys: 'v',
      available: () => state(context).targets.length > 1 && !state(context).deleted && !afterGo(),
      run: () => {
        compareTargets(context);
      },
    },
    {
      id: 'runs.clone',
      group: 'runs',
      title: m.runs_clone,
      icon: Copy,
      keys: 'c',
      available: one,
      run: withOnly((run) => {
        runActions.clone(run);
      }),
    },
    {
      id: 'runs.again',
      group: 'runs',
      title: m.runs_again,
      icon: Repeat,
      keys: 'Shift+r',
      available: one,
      run: withOnly((run) => runActions.again(run.id)),
    },
    {
      id: 'models.export',
      group: 'runs',
      title: m.models_export,
      icon: PackageOpen,
      keywords: () => 'export onnx keras pytorch tensorflow weights model',
      available: some,
      run: () => {
        app.models.openExport(state(context).targets);
      },
    },
    {
      id: 'runs.selectAll',
      group: 'runs',
      title: m.runs_select_all,
      run: () => {
        table.list.selectAll();
      },
    },
  ];
}

/** Refuses more runs than a comparison takes, rather than leaving some out silently. */
export function compareTargets({ app }: RunsContext): void {
  const { targets } = app.table.list;
  if (targets.length > mostCompared) {
    app.notices.show(m.compare_most({ count: mostCompared }), { kind: 'bad' });
    return;
  }
  app.router.go({ view: 'compare', runs: targets });
}

/** Returns the entries of a row's menu, and of the selection's. */
export function runsMenu(context: RunsContext, entry: ReturnType<typeof menuOf>): MenuEntry[] {
  const { app } = context;
  const { runActions, router } = app;
  const { targets, only, deleted, archived } = state(context);
  const exports: MenuEntry = {
    kind: 'more',
    label: m.runs_export(),
    icon: Download,
    entries: (['csv', 'json'] as const).map((format) => ({
      label: m.runs_export_selected({ format: format.toUpperCase() }),
      onSelect: () => void runActions.export({ runs: [...targets], format }),
    })),
  };
  const line = { kind: 'line' } as const;
  if (deleted) {
    return [
      { label: m.runs_restore(), icon: Undo2, onSelect: () => void runActions.restore(targets) },
      exports,
      line,
      { label: m.runs_purge(), icon: Trash2, danger: true, onSelect: context.askPurge },
    ];
  }
  const open: MenuEntry = {
    label: m.runs_open(),
    icon: ExternalLink,
    keys: 'Enter',
    onSelect: () => {
      if (only) router.go({ view: 'run', run: only.id });
    },
  };
  return [
    ...(only ? [open, entry('runs.rename')] : []),
    entry('runs.tag'),
    entry('runs.overlay'),
    ...(targets.length > 1 ? [entry('runs.compare')] : []),
    ...(only ? [line, entry('runs.clone'), entry('runs.again')] : []),
    entry('models.export'),
    exports,
    line,
    entry('runs.archive', {
      label: archived ? m.runs_unarchive() : m.runs_archive(),
      icon: archived ? ArchiveRestore : Archive,
    }),
    entry('runs.delete'),
  ];
}
