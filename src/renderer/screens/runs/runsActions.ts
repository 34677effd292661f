/** The actions of the Runs screen, and the menu of its rows, which is made from them. */
import ChartLine from '@lucide/svelte/icons/chart-line';
import Download from '@lucide/svelte/icons/download';
import ExternalLink from '@lucide/svelte/icons/external-link';
import GitCompare from '@lucide/svelte/icons/git-compare';
import Trash2 from '@lucide/svelte/icons/trash-2';
import { mostCompared } from '../../../shared/compare/comparison.ts';
import { m } from '../../paraglide/messages.js';
import type { Action, EntryOf } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { archiveEntry, runTargetActions } from '../../app/runs/runTargetActions.ts';
import type { MenuEntry } from '../../ui/overlay/menu.ts';

export interface RunsContext {
  readonly app: AppState;
  readonly focusFilter: () => void;
  readonly openTags: () => void;
  readonly openRename: () => void;
  readonly toggleOverlay: () => void;
  readonly askPurge: () => void;
}

const exports = ['csv', 'json'] as const;
/** The actions that export the whole list. */
export const listedExports = exports.map((format) => `runs.exportList.${format}`);

function state({ app: { table } }: RunsContext) {
  const { targets } = table.list;
  const rows = targets.flatMap((run) => table.rows.get(run) ?? []);
  return {
    targets,
    only: targets.length === 1 ? rows[0] : undefined,
    deleted: rows.some(({ deletedAt }) => deletedAt !== null),
    archived: rows.length > 0 && rows.every(({ archived }) => archived),
  };
}

export function runsActions(context: RunsContext): Action[] {
  const { app } = context;
  const { router, runActions, table } = app;
  const now = () => state(context);
  const action = (verb: string, rest: Omit<Action, 'id' | 'group'>): Action => ({
    id: `runs.${verb}`,
    group: 'runs',
    ...rest,
  });
  return [
    action('filter', { title: m.runs_filter, keys: '/', run: context.focusFilter }),
    ...runTargetActions({
      app,
      targets: () => now().targets,
      only: () => now().only,
      deleted: () => now().deleted,
      archived: () => now().archived,
      openTags: context.openTags,
      rename: context.openRename,
      deleteKeys: ['Delete', 'Backspace'],
    }),
    action('purge', {
      title: m.runs_purge,
      icon: Trash2,
      danger: true,
      available: () => now().deleted,
      run: context.askPurge,
    }),
    action('open', {
      title: m.runs_open,
      icon: ExternalLink,
      menuKeys: 'Enter',
      available: () => now().only !== undefined,
      run: () => {
        const { only } = now();
        if (only) router.go({ view: 'run', run: only.id });
      },
    }),
    action('overlay', {
      title: m.runs_overlay,
      icon: ChartLine,
      keys: 'o',
      available: () => now().targets.length > 0,
      run: context.toggleOverlay,
    }),
    action('compare', {
      title: m.compare_action,
      icon: GitCompare,
      keys: 'v',
      available: () => now().targets.length > 1 && !now().deleted,
      run: () => {
        compareTargets(context);
      },
    }),
    ...exports.map((format) =>
      action(`export.${format}`, {
        title: () => m.runs_export_selected({ format: format.toUpperCase() }),
        available: () => now().targets.length > 0,
        run: () => void runActions.export({ runs: [...now().targets], format }),
      }),
    ),
    ...exports.map((format) =>
      action(`exportList.${format}`, {
        title: () => m.runs_export_these({ format: format.toUpperCase() }),
        run: () => {
          const { filter, scope, sort } = table;
          void runActions.export({ filter, scope, sort, format });
        },
      }),
    ),
    action('selectAll', {
      title: m.runs_select_all,
      run: () => {
        table.list.selectAll();
      },
    }),
  ];
}

/** Refuses more runs than a comparison takes, rather than leaving some out silently. */
function compareTargets({ app }: RunsContext): void {
  const { targets } = app.table.list;
  if (targets.length > mostCompared) {
    app.notices.show(m.compare_most({ count: mostCompared }), { kind: 'bad' });
    return;
  }
  app.router.go({ view: 'compare', runs: targets });
}

/** Returns the entries of a row's menu, and of the selection's. */
export function runsMenu(context: RunsContext, entry: EntryOf): MenuEntry[] {
  const { targets, only, deleted, archived } = state(context);
  const exported: MenuEntry = {
    kind: 'more',
    label: m.runs_export(),
    icon: Download,
    entries: exports.map((format) => entry(`runs.export.${format}`)),
  };
  const line = { kind: 'line' } as const;
  if (deleted) return [entry('runs.restore'), exported, line, entry('runs.purge')];
  return [
    ...(only ? [entry('runs.open'), entry('runs.rename')] : []),
    entry('runs.tag'),
    entry('runs.overlay'),
    ...(targets.length > 1 ? [entry('runs.compare')] : []),
    ...(only ? [line, entry('runs.clone'), entry('runs.again')] : []),
    entry('models.export'),
    exported,
    line,
    archiveEntry(entry, archived),
    entry('runs.delete'),
  ];
}
