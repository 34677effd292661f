/** Texts about sweeps: names of axes, formats of their values, and names of the metrics. */
import type { Combination, Spread, SweepStatus } from '../../shared/sweeps/sweeps.ts';
import { m } from '../paraglide/messages.js';
import { formatDuration, formatLoss, formatPercent, formatTick, networkLabel } from './format.ts';
import { settingLabel } from './settings.ts';

type Value = Combination['values'][number]['value'];

/**
 * Returns the name of an axis: `optimizer.learningRate` is called learning rate; a field without a label keeps its
 * path.
 */
export function axisTitle(path: string): string {
  if (path === 'network') return m.sweep_axis_network();
  if (path === 'optimizer') return m.optimizer();
  if (path === 'schedule') return m.train_schedule();
  if (path === 'dataset') return m.dataset();
  if (path.startsWith('network.')) return path.slice('network.'.length);
  return settingLabel(path);
}

/** Formats a number, the name of a net or optimizer, or any other value as JSON. */
export function axisValue(value: Value): string {
  if (typeof value === 'number') return formatTick(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (!Array.isArray(value)) {
    if (typeof value['name'] === 'string') return networkLabel(value['name']);
    if (typeof value['type'] === 'string') return value['type'];
  }
  return JSON.stringify(value);
}

export const sweepMetrics = ['bestAccuracy', 'lastAccuracy', 'testLoss', 'seconds'] as const;
export type SweepMetric = (typeof sweepMetrics)[number];

export const sweepMetricLabels: Record<SweepMetric, () => string> = {
  bestAccuracy: m.best_accuracy,
  lastAccuracy: m.sweep_last_accuracy,
  testLoss: m.test_loss,
  seconds: m.training_time,
};

/** Formats a metric; accuracies are proportions. */
export function formatSweepMetric(metric: SweepMetric, value: number): string {
  if (metric === 'testLoss') return formatLoss(value);
  if (metric === 'seconds') return formatDuration(value);
  return formatPercent(100 * value, 2);
}

/** Formats `97.10% ± 0.12`, without a deviation for fewer than two runs. */
export function formatSpread(metric: SweepMetric, { mean, deviation }: Spread): string {
  const middle = formatSweepMetric(metric, mean);
  if (deviation === null) return middle;
  if (metric === 'testLoss') return `${middle} ± ${formatLoss(deviation)}`;
  if (metric === 'seconds') return `${middle} ± ${formatDuration(deviation)}`;
  return `${middle} ± ${(100 * deviation).toFixed(2)}`;
}

export const sweepStatusLabels: Record<SweepStatus, () => string> = {
  running: m.status_running,
  paused: m.status_paused,
  cancelled: m.sweep_status_cancelled,
  interrupted: m.status_interrupted,
  finished: m.status_finished,
};
