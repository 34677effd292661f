/** Names of the action groups in the palette and on the sheet of keys. */
import { m } from '../../paraglide/messages.js';
import type { ActionGroup } from '../../app/actions.svelte.ts';

export const groupTitles: Record<ActionGroup, () => string> = {
  design: m.nav_design,
  train: m.nav_train,
  watch: m.group_watch,
  runs: m.nav_runs,
  compare: m.nav_compare,
  inspect: m.nav_inspect,
  go: m.group_go,
  look: m.appearance,
  help: m.group_help,
};
