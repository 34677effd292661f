/** The actions of a run's page, and the page's menu, which is made from them. */
import Download from '@lucide/svelte/icons/download';
import Gauge from '@lucide/svelte/icons/gauge';
import GitCompare from '@lucide/svelte/icons/git-compare';
import Pencil from '@lucide/svelte/icons/pencil';
import ScanEye from '@lucide/svelte/icons/scan-eye';
import { drawingsId } from '../../../shared/inspect/drawing/drawings.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { m } from '../../paraglide/messages.js';
import type { Action, EntryOf } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { archiveEntry, runTargetActions } from '../../app/runs/runTargetActions.ts';
import { scoreRun } from '../../app/runs/scoreRun.ts';
import type { MenuEntry } from '../../ui/overlay/menu.ts';

export interface RunPageContext {
  readonly app: AppState;
  readonly run: () => RunSummary | undefined;
  readonly rename: () => void;
  readonly openTags: () => void;
}

const exports = ['epochs', 'batches', 'json'] as const;
const exportTitles = {
  epochs: m.runs_export_epochs,
  batches: m.runs_export_batches,
  json: m.runs_export_json,
};

export function runPageActions(context: RunPageContext): Action[] {
  const { app, run, rename, openTags } = context;
  const deleted = () => run()?.deletedAt != null;
  const here = () => run() !== undefined && !deleted();
  const withRun = (work: (run: RunSummary) => unknown) => () => {
    const now = run();
    if (now) void work(now);
  };
  const action = (id: string, rest: Omit<Action, 'id' | 'group'>): Action => ({ id, group: 'runs', ...rest });
  return [
    ...runTargetActions({
      app,
      targets: () => (run() ? [run()!.id] : []),
      only: run,
      deleted,
      archived: () => run()?.archived === true,
      openTags,
      rename,
    }),
    action('models.evaluate', {
      title: m.models_evaluate,
      icon: Gauge,
      keywords: () => 'evaluate score accuracy test',
      available: here,
      run: withRun(({ id }) => scoreRun(app, id)),
    }),
    action('inspect.scoreDrawings', {
      title: m.inspect_score_drawings,
      icon: Pencil,
      keywords: () => 'evaluate score draw own test set',
      available: here,
      run: withRun(({ id }) => scoreRun(app, id, drawingsId)),
    }),
    action('runs.compare', {
      title: m.compare_action,
      icon: GitCompare,
      available: here,
      run: withRun(({ id }) => {
        app.router.go({ view: 'compare', runs: [id] });
      }),
    }),
    action('runs.inspect', {
      title: m.inspect_action,
      icon: ScanEye,
      available: here,
      run: withRun(({ id }) => {
        app.router.go({ view: 'inspect', runs: [id] });
      }),
    }),
    ...exports.map((what) =>
      action(`runs.export.${what}`, {
        title: exportTitles[what],
        icon: Download,
        available: () => run() !== undefined,
        run: withRun(({ id }) => app.runActions.exportRun(id, what)),
      }),
    ),
  ];
}

export function runPageMenu(entry: EntryOf, { deletedAt, archived }: RunSummary): MenuEntry[] {
  const exportEntries = exports.map((what) => entry(`runs.export.${what}`));
  if (deletedAt !== null) return [entry('runs.restore'), ...exportEntries];
  const line = { kind: 'line' } as const;
  return [
    ...['runs.compare', 'runs.inspect', 'runs.clone', 'runs.again'].map((id) => entry(id)),
    line,
    ...['models.export', 'models.evaluate', 'inspect.scoreDrawings'].map((id) => entry(id)),
    ...exportEntries,
    line,
    archiveEntry(entry, archived),
    entry('runs.delete'),
  ];
}
