/** Names of groups of runs, and formats of their numbers. */
import type { RunGroup } from '../../../shared/api/calls/runs.ts';
import type { GroupField } from '../../../shared/runQuery/fields.ts';
import type { RunStatus } from '../../../shared/runs/runs.ts';
import type { Spread } from '../../../shared/sweeps/sweeps.ts';
import { networkLabel } from '../../i18n/format.ts';
import { m } from '../../paraglide/messages.js';
import { getLocale } from '../../paraglide/runtime.js';
import { optimizerLabel } from '../../i18n/settings.ts';

export const groupNames: Readonly<Record<GroupField, () => string>> = {
  net: m.net,
  optimizer: m.optimizer,
  lr: m.setting_learning_rate,
  batch: m.setting_batch_size,
  seed: m.seed,
  status: m.status,
  tag: m.runs_tag,
  dataset: m.dataset,
  day: m.runs_day,
  sweep: m.runs_sweep,
};

const statusNames: Readonly<Record<RunStatus, () => string>> = {
  queued: m.status_queued,
  running: m.status_running,
  paused: m.status_paused,
  stopped: m.status_stopped,
  finished: m.status_finished,
  failed: m.status_failed,
  interrupted: m.status_interrupted,
};

export function groupLabel(by: GroupField, key: RunGroup['key']): string {
  if (key === null) return by === 'tag' ? m.runs_no_tag() : m.runs_group_none({ what: groupNames[by]() });
  switch (by) {
    case 'net':
      return networkLabel(String(key));
    case 'optimizer':
      return optimizerLabel(String(key));
    case 'status':
      return statusNames[key as RunStatus]();
    case 'day':
      // The time is noon, so that no time zone shifts the day.
      return new Intl.DateTimeFormat(getLocale(), { dateStyle: 'full' }).format(new Date(`${key}T12:00:00`));
    case 'lr':
    case 'batch':
    case 'seed':
    case 'sweep':
      return m.runs_group_value({ what: groupNames[by](), value: String(key) });
    default:
      return String(key);
  }
}

/** Formats a mean; without a deviation for a single run. */
export function spreadText(
  { mean, deviation }: Spread,
  format: (value: number) => string,
): { mean: string; deviation: string | null } {
  return { mean: format(mean), deviation: deviation === null ? null : format(deviation) };
}
