/**
 * All settings of several runs side by side, with defaults filled in and nested ones by their path
 * (`optimizer.learningRate`). The rows are the union: a setting that only one run has is included, with null for the
 * others.
 */
import type { Network } from '../../network/network.ts';
import type { TrainingSettings } from '../../training/training.ts';

export interface SettingsRow {
  readonly key: string;
  /** One value per run, as JSON; null if the run has no such setting. */
  readonly values: readonly (string | null)[];
  readonly differs: boolean;
}

export interface SettingsOf {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset: string;
}

export function settingsTable(runs: readonly SettingsOf[]): SettingsRow[] {
  const flat = runs.map(({ network, settings, dataset }) => {
    const values = new Map<string, string>([
      ['dataset', dataset],
      ['network', network.name],
    ]);
    flatten('', settings, values);
    return values;
  });
  const keys = [...new Set(flat.flatMap((values) => [...values.keys()]))];
  return keys.map((key) => {
    const values = flat.map((each) => each.get(key) ?? null);
    return { key, values, differs: values.some((value) => value !== values[0]) };
  });
}

function flatten(path: string, value: unknown, into: Map<string, string>): void {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
    return;
  }
  for (const [key, inner] of Object.entries(value)) flatten(path ? `${path}.${key}` : key, inner, into);
}

/**
 * Returns the fewest settings, in the table's order, by which all runs differ; null if even all of them do not
 * distinguish the runs.
 */
export function distinguishingKeys(rows: readonly SettingsRow[], runs: number): string[] | null {
  const differing = rows.filter(({ differs }) => differs);
  const tells = (chosen: readonly SettingsRow[]) =>
    new Set(Array.from({ length: runs }, (_, run) => JSON.stringify(chosen.map(({ values }) => values[run]))))
      .size === runs;
  if (!tells(differing)) return null;
  const kept = [...differing];
  for (const row of differing.toReversed()) {
    const without = kept.filter((each) => each !== row);
    if (tells(without)) kept.splice(kept.indexOf(row), 1);
  }
  return kept.map(({ key }) => key);
}
