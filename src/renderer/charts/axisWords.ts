/** Names and formats of the quantities on a chart's horizontal axis. */
import { formatClock, formatCount, formatTick } from '../i18n/format.ts';
import { m } from '../paraglide/messages.js';
import type { XAxis } from '../plot/xAxis.ts';

const titles: Record<XAxis, () => string> = {
  epoch: m.epoch,
  step: m.watch_axis_step,
  examples: m.watch_axis_examples,
  seconds: m.watch_axis_seconds,
};

export function axisTitle(axis: XAxis): string {
  return titles[axis]();
}

/** Formats a tick's value. */
export function formatX(axis: XAxis, x: number): string {
  if (axis === 'epoch') return formatTick(x);
  if (axis === 'seconds') return x < 100 ? formatTick(x) : formatClock(x);
  return formatCount(x);
}

/** Describes a position on the axis. */
export function describeX(axis: XAxis, x: number): string {
  switch (axis) {
    case 'epoch':
      return m.chart_at_epoch({ epoch: x.toFixed(2) });
    case 'step':
      return m.watch_at_step({ step: formatCount(Math.round(x)) });
    case 'examples':
      return m.watch_at_examples({ examples: formatCount(Math.round(x)) });
    case 'seconds':
      return m.watch_at_seconds({ seconds: x.toFixed(1) });
  }
}
