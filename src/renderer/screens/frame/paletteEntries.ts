/** The entries of the command palette: actions, nets and runs as lines of text. */
import { formatShare, networkLabel, runLabel } from '../../i18n/format.ts';
import { presets } from '../../../shared/network/presets.ts';
import type { RunSummary } from '../../../shared/runs/runs.ts';
import { m } from '../../paraglide/messages.js';
import { actionGroups, keysOf } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import type { RunMatches } from './runFinder.svelte.ts';
import type { Searchable } from './search.ts';
import { groupTitles } from './groups.ts';

export interface PaletteEntry extends Searchable {
  readonly id: string;
  readonly group: string;
  /** True if the entry is shown before anything is typed. */
  readonly atOnce: boolean;
  readonly note?: string;
  readonly keys?: string | undefined;
  readonly lang?: string | undefined;
  /** A run's number, for its mark. */
  readonly run?: number;
  readonly choose: () => void;
}

/** The number is small enough to be read before anything is typed. */
const runsAtOnce = 5;

export function paletteEntries(app: AppState): PaletteEntry[] {
  return [...actionEntries(app), ...netEntries(app), ...runEntries(app)];
}

function actionEntries({ actions }: AppState): PaletteEntry[] {
  return actionGroups.flatMap((group) =>
    actions.available
      .filter((action) => action.group === group && !action.keysOnly)
      .map((action) => ({
        id: action.id,
        group: groupTitles[group](),
        atOnce: true,
        text: action.title(),
        keywords: `${groupTitles[group]()} ${action.keywords?.() ?? ''}`,
        keys: keysOf(action)[0],
        choose: () => {
          actions.run(action);
        },
      })),
  );
}

function netEntries({ networks, router }: AppState): PaletteEntry[] {
  const kept = networks.list.map(({ id, network }) => ({ address: String(id), name: network.name }));
  return [...presets.map(({ network: { name } }) => ({ address: name, name })), ...kept].map(
    ({ address, name }) => ({
      id: `net.${address}`,
      group: m.nets(),
      atOnce: false,
      text: m.action_design_net({ net: networkLabel(name) }),
      keywords: name,
      choose: () => {
        router.go({ view: 'design', network: address });
      },
    }),
  );
}

/** Returns entries for the runs found in all of history, and a link to all of them if there are more than are shown. */
export function foundEntries({ router }: AppState, { query, rows, count }: RunMatches): PaletteEntry[] {
  const entries = rows.map((run) => runEntry(router, run, false));
  if (count <= rows.length) return entries;
  const all: PaletteEntry = {
    id: 'runs.found',
    group: m.nav_runs(),
    atOnce: false,
    text: m.palette_all_found({ count, query }),
    choose: () => {
      router.go({ view: 'runs' }, { filter: query, show: 'all' });
    },
  };
  return [...entries, all];
}

function runEntries({ runs, router }: AppState): PaletteEntry[] {
  return runs.list.map((run, index) => runEntry(router, run, index < runsAtOnce));
}

function runEntry(router: AppState['router'], run: RunSummary, atOnce: boolean): PaletteEntry {
  return {
    id: `run.${run.id}`,
    group: m.recent_runs(),
    atOnce,
    text: runLabel(run),
    note: run.best ? formatShare(run.best.testCorrect, run.last?.testTotal) : '',
    keywords: `${run.name} ${run.status}`,
    run: run.id,
    choose: () => {
      router.go({ view: 'run', run: run.id });
    },
  };
}
