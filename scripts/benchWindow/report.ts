/** Prints the results as a table. */
import Table from 'cli-table3';
import { type Measure, isMet } from './part.ts';

export function report(
  measures: readonly Measure[],
  machine: { readonly cpu: string; readonly cores: number; readonly browser: string },
): string {
  const table = new Table({ head: ['', 'measured', 'target', ''], style: { head: [], border: [] } });
  for (const measure of measures) {
    const { name, value, unit, target, better } = measure;
    table.push([
      name,
      `${value.toFixed(unit === 'ms' ? 0 : 1)} ${unit}`,
      `${better === 'higher' ? '≥' : '≤'} ${target}`,
      isMet(measure) ? 'met' : 'MISSED',
    ]);
  }
  return `${machine.cpu}, ${machine.cores} cores, Chromium ${machine.browser}, no GPU\n${table.toString()}`;
}
