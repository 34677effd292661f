/** The measures of a layer's health: which are shown, their colours, and what a value means. */
import type { EpochRecord } from '../../../../shared/runs/runs.ts';
import { formatPercent, formatTick } from '../../../i18n/format.ts';
import { m } from '../../../paraglide/messages.js';

export const healthMeasures = [
  'gradientNorm',
  'updateRatio',
  'weightNorm',
  'dead',
  'saturated',
  'sparsity',
  'mean',
  'deviation',
] as const;
export type HealthMeasure = (typeof healthMeasures)[number];

export interface HealthRow {
  readonly index: number;
  readonly type: string;
  /** One value per epoch; null if there is none. */
  readonly values: readonly (number | null)[];
}

export interface HealthMap {
  readonly measure: HealthMeasure;
  readonly rows: readonly HealthRow[];
  /** The ends of the colour scale. */
  readonly low: number;
  readonly high: number;
}

const shares: readonly HealthMeasure[] = ['dead', 'saturated', 'sparsity'];

/** Omits measures that no layer of the run has, and layers without a measure. */
export function healthMaps(epochs: readonly EpochRecord[]): HealthMap[] {
  const layers = epochs.find(({ details }) => details && details.layers.length > 0)?.details?.layers ?? [];
  return healthMeasures.flatMap((measure) => {
    const rows = layers.map(({ index, type }) => ({
      index,
      type,
      values: epochs.map(
        ({ details }) => details?.layers.find((layer) => layer.index === index)?.[measure] ?? null,
      ),
    }));
    const shown = rows.filter(({ values }) => values.some((value) => value !== null));
    if (shown.length === 0) return [];
    const numbers = shown.flatMap(({ values }) => values.filter((value) => value !== null));
    const scale = shares.includes(measure)
      ? { low: 0, high: 1 }
      : { low: Math.min(...numbers), high: Math.max(...numbers) };
    return [{ measure, rows: shown, ...scale }];
  });
}

/**
 * Returns a value's position on its map's colour scale, 0 to 1. Norms and ratios span decades, so their scale is
 * logarithmic.
 */
export function shadeOf({ measure, low, high }: Omit<HealthMap, 'rows'>, value: number): number {
  if (high <= low) return 0.5;
  const logarithmic = measure.endsWith('Norm') || measure === 'updateRatio';
  if (!logarithmic || low <= 0) return (value - low) / (high - low);
  return Math.log(value / low) / Math.log(high / low);
}

export function formatHealth(measure: HealthMeasure, value: number): string {
  return shares.includes(measure)
    ? formatPercent(100 * value, value > 0 && value < 0.1 ? 1 : 0)
    : formatTick(value);
}

/**
 * Limits beyond which a reading is called unusual, as in courses and handbooks: rules of thumb, and described as such.
 */
const limits = {
  dead: 0.3,
  saturated: 0.5,
  /**
   * Karpathy's rule is updates of about a thousandth of the weights,
   * http://karpathy.github.io/neural-networks-case-study
   */
  smallUpdate: 1e-5,
  largeUpdate: 1e-1,
  vanishing: 1e-6,
  exploding: 100,
} as const;

/** Returns one sentence on the meaning of the value. */
export function readHealth(measure: HealthMeasure, value: number): string {
  const text = formatHealth(measure, value);
  switch (measure) {
    case 'dead':
      return value > limits.dead
        ? m.watch_read_dead_many({ value: text })
        : m.watch_read_dead({ value: text });
    case 'saturated':
      return value > limits.saturated
        ? m.watch_read_saturated_much({ value: text })
        : m.watch_read_saturated({ value: text });
    case 'sparsity':
      return m.watch_read_sparsity({ value: text });
    case 'gradientNorm':
      if (value < limits.vanishing) return m.watch_read_gradient_vanishing({ value: text });
      if (value > limits.exploding) return m.watch_read_gradient_exploding({ value: text });
      return m.watch_read_gradient({ value: text });
    case 'weightNorm':
      return m.watch_read_weight({ value: text });
    case 'updateRatio':
      if (value < limits.smallUpdate) return m.watch_read_update_small({ value: text });
      if (value > limits.largeUpdate) return m.watch_read_update_large({ value: text });
      return m.watch_read_update({ value: text });
    case 'mean':
      return m.watch_read_mean({ value: text });
    case 'deviation':
      return m.watch_read_deviation({ value: text });
  }
}

const titles: Record<HealthMeasure, () => string> = {
  gradientNorm: m.watch_health_gradient,
  updateRatio: m.watch_health_update,
  weightNorm: m.watch_health_weight,
  dead: m.watch_health_dead,
  saturated: m.watch_health_saturated,
  sparsity: m.watch_health_sparsity,
  mean: m.watch_health_mean,
  deviation: m.watch_health_deviation,
};

export function healthTitle(measure: HealthMeasure): string {
  return titles[measure]();
}
