/** The actions of a run's page: for the command palette and its keys, and for the page's menu. */
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import GitCompare from '@lucide/svelte/icons/git-compare';
import Copy from '@lucide/svelte/icons/copy';
import Download from '@lucide/svelte/icons/download';
import Gauge from '@lucide/svelte/icons/gauge';
import PackageOpen from '@lucide/svelte/icons/package-open';
import ScanEye from '@lucide/svelte/icons/scan-eye';
import Repeat from '@lucide/svelte/icons/repeat';
import Trash2 from '@lucide/svelte/icons/trash-2';
import Undo2 from '@lucide/svelte/icons/undo-2';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { m } from '../../paraglide/messages.js';
import type { Action } from '../../app/actions.svelte.ts';
import { afterGo } from '../../app/goKey.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { scoreRun } from '../../app/runs/scoreRun.ts';
import type { MenuEntry } from '../../ui/overlay/menu.ts';

export interface RunPageContext {
  readonly app: AppState;
  readonly run: () => RunSummary | undefined;
  readonly rename: () => void;
  readonly openTags: () => void;
}

export function runPageActions({ app, run, rename, openTags }: RunPageContext): Action[] {
  const { runActions } = app;
  const here = () => run() !== undefined && run()?.deletedAt === null;
  const withRun = (work: (run: RunSummary) => unknown) => () => {
    const now = run();
    if (now) void work(now);
  };
  return [
    { id: 'runs.rename', group: 'runs', title: m.runs_rename, keys: 'n', available: here, run: rename },
    {
      id: 'runs.tag',
      group: 'runs',
      title: m.runs_tag,
      keys: 't',
      available: () => here() && !afterGo(),
      run: openTags,
    },
    {
      id: 'runs.archive',
      group: 'runs',
      title: m.runs_archive_or_back,
      keys: 'e',
      available: here,
      run: withRun(({ id, archived }) => runActions.archive([id], !archived)),
    },
    {
      id: 'runs.clone',
      group: 'runs',
      title: m.runs_clone,
      keys: 'c',
      available: here,
      run: withRun((now) => {
        runActions.clone(now);
      }),
    },
    {
      id: 'runs.again',
      group: 'runs',
      title: m.runs_again,
      keys: 'Shift+r',
      available: here,
      run: withRun(({ id }) => runActions.again(id)),
    },
    {
      id: 'models.export',
      group: 'runs',
      title: m.models_export,
      keywords: () => 'export onnx keras pytorch tensorflow weights model',
      available: here,
      run: withRun(({ id }) => {
        app.models.openExport([id]);
      }),
    },
    {
      id: 'models.evaluate',
      group: 'runs',
      title: m.models_evaluate,
      keywords: () => 'evaluate score accuracy test',
      available: here,
      run: withRun(({ id }) => scoreRun(app, id)),
    },
    {
      id: 'runs.delete',
      group: 'runs',
      title: m.runs_delete,
      available: here,
      run: withRun(({ id }) => runActions.delete([id])),
    },
  ];
}

export function runPageMenu({ app }: RunPageContext, run: RunSummary): MenuEntry[] {
  const { runActions } = app;
  const { id } = run;
  const exports = (['epochs', 'batches', 'json'] as const).map((what): MenuEntry => ({
    label: { epochs: m.runs_export_epochs, batches: m.runs_export_batches, json: m.runs_export_json }[what](),
    icon: Download,
    onSelect: () => void runActions.exportRun(id, what),
  }));
  if (run.deletedAt !== null) {
    return [
      { label: m.runs_restore(), icon: Undo2, onSelect: () => void runActions.restore([id]) },
      ...exports,
    ];
  }
  return [
    {
      label: m.compare_action(),
      icon: GitCompare,
      onSelect: () => {
        app.router.go({ view: 'compare', runs: [id] });
      },
    },
    {
      label: m.inspect_action(),
      icon: ScanEye,
      onSelect: () => {
        app.router.go({ view: 'inspect', runs: [id] });
      },
    },
    {
      label: m.runs_clone(),
      icon: Copy,
      keys: 'c',
      onSelect: () => {
        runActions.clone(run);
      },
    },
    { label: m.runs_again(), icon: Repeat, keys: 'Shift+r', onSelect: () => void runActions.again(id) },
    { kind: 'line' },
    {
      label: m.models_export(),
      icon: PackageOpen,
      onSelect: () => {
        app.models.openExport([id]);
      },
    },
    { label: m.models_evaluate(), icon: Gauge, onSelect: () => void scoreRun(app, id) },
    ...exports,
    { kind: 'line' },
    {
      label: run.archived ? m.runs_unarchive() : m.runs_archive(),
      icon: run.archived ? ArchiveRestore : Archive,
      keys: 'e',
      onSelect: () => void runActions.archive([id], !run.archived),
    },
    { label: m.runs_delete(), icon: Trash2, danger: true, onSelect: () => void runActions.delete([id]) },
  ];
}
