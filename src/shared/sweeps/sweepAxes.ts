/** A sweep's axes: their values, random draws, and the labels of combinations. */
import { type Axis, type SweepRange, type Sweep } from './sweeps.ts';

export type SweepValue = Extract<Axis, { values: unknown }>['values'][number];

export interface AxisChoice {
  readonly path: string;
  readonly value: SweepValue;
}

/** Returns an axis's values in order; null if it has all values of a range. */
export function choicesOf(axis: Axis): AxisChoice[] | null {
  const { path } = axis;
  if ('values' in axis) return axis.values.map((value) => ({ path, value }));
  const { steps, whole } = axis.range;
  if (steps === undefined) return null;
  const values = Array.from({ length: steps }, (_, i) => valueAt(axis.range, i / (steps - 1)));
  return (whole ? [...new Set(values)] : values).map((value) => ({ path, value }));
}

/**
 * Returns the value at a fraction of the range, with twelve digits: enough for any setting, and 0.1 · 3 becomes 0.3,
 * and 2 · 2 · 2 on a logarithmic scale 8, as people write them. The ends are exact.
 */
function valueAt({ from, to, scale, whole }: SweepRange, share: number): number {
  const between = scale === 'linear' ? from + (to - from) * share : from * (to / from) ** share;
  const value = share === 0 ? from : share === 1 ? to : Number(between.toPrecision(12));
  return whole ? Math.round(value) : value;
}

/**
 * Draws `random` of `size` combinations, which are more. No combination is repeated if all axes are lists; draws are
 * numbered, so that the first ones do not change when more are requested.
 */
export function draw(
  axes: readonly Axis[],
  choices: readonly (readonly AxisChoice[] | null)[],
  size: number,
  { random, seed }: Exclude<Sweep['mode'], 'grid'>,
  unit: (seed: number, index: number) => number,
): AxisChoice[][] {
  const drawn = new Map<string, AxisChoice[]>();
  for (let index = 0; drawn.size < random; index += axes.length) {
    const combination = axes.map((axis, place): AxisChoice => {
      const share = unit(seed, index + place);
      const listed = choices[place];
      if (listed) return listed[Math.floor(share * listed.length)] as AxisChoice;
      return { path: axis.path, value: valueAt((axis as Extract<Axis, { range: SweepRange }>).range, share) };
    });
    drawn.set(JSON.stringify(combination), combination);
    // If nearly all are requested, rare ones take long to be drawn; and a range of whole numbers has fewer than it
    // seems.
    if (index > 100 * axes.length * (random + Math.min(size, random))) break;
  }
  return [...drawn.values()];
}

const short: Readonly<Record<string, string>> = { learningRate: 'lr', batchSize: 'batch', network: 'net' };

/** Returns the last part of each path, and more of it if two axes would have the same label. */
export function axisLabels(axes: readonly Axis[]): string[] {
  return axes.map(({ path }) => {
    const keys = path.split('.');
    for (let length = 1; length < keys.length; length++) {
      const end = keys.slice(-length).join('.');
      const alike = axes.filter((other) => other.path === end || other.path.endsWith(`.${end}`));
      const ofLayer = /^\d+(\.|$)/.test(end) || (length === 1 && keys.at(-3) === 'layers');
      if (alike.length === 1 && !ofLayer) return short[end] ?? end;
    }
    return short[path] ?? path.replace(/^network\.(?=layers\.)/, '');
  });
}

/** Returns `lr=0.01 batch=64`; empty without axes. */
export function combinationLabel(
  values: readonly AxisChoice[],
  labels: readonly string[],
  axes: readonly Axis[],
): string {
  return values
    .map(({ value }, place) => `${labels[place] ?? ''}=${valueLabel(value, axes[place])}`)
    .join(' ');
}

/** Formats a drawn number with four digits; a part by its name or kind, numbered if another has the same label. */
function valueLabel(value: SweepValue, axis: Axis | undefined): string {
  if (typeof value === 'number') {
    const listed = axis && 'values' in axis;
    return String(listed ? value : Number(value.toPrecision(4)));
  }
  const plain = partLabel(value);
  if (!axis || !('values' in axis)) return plain;
  const alike = axis.values.filter((other) => partLabel(other) === plain);
  if (alike.length < 2) return plain;
  return `${plain}#${alike.findIndex((other) => JSON.stringify(other) === JSON.stringify(value)) + 1}`;
}

function partLabel(value: SweepValue): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return JSON.stringify(value);
  const { name, type, ...rest } = value;
  if (typeof name === 'string') return name;
  const fields = Object.entries(rest).map(([key, field]) => `${short[key] ?? key}=${JSON.stringify(field)}`);
  if (typeof type !== 'string') return JSON.stringify(value);
  return fields.length > 0 ? `${type}(${fields.join(',')})` : type;
}
