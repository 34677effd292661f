/** The net that imported weights belong to: a preset, a JSON file, or the script that trained it, which is not run. */
import { readFileSync } from 'node:fs';
import type { Network } from '../../shared/network/network.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../../shared/training/training.ts';
import { UsageProblem } from '../host/commandLine.ts';
import { resolveNetwork } from './commands/networks.ts';

export interface ImportedNetwork {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly notes: readonly string[];
}

export async function resolveNetworkOf(text: string): Promise<ImportedNetwork> {
  if (!/\.py$/i.test(text)) return { ...resolveNetwork(text), notes: [] };
  let code: string;
  try {
    code = readFileSync(text, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new UsageProblem('terminal.network-file', `${text}: it cannot be read (${reason})`, { path: text });
  }
  // Loaded when a script is read: the parser of Python comes with it.
  const { parsePyTorch } = await import('../../shared/code/parsePyTorch.ts');
  const name = text.replace(/^.*[/\\]/, '').replace(/\.py$/i, '');
  const { network, problem, settings, findings } = parsePyTorch(code, { name });
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (!network || problem || errors.length > 0) {
    const lines = errors.map(
      ({ code: what, line, text: part }) => `${what}${line === null ? '' : ` in line ${line}`}: ${part}`,
    );
    const reason = problem?.problem.message ?? (lines.join('; ') || 'there is no net in it');
    throw new UsageProblem('terminal.script', `${text} was not understood: ${reason}`, {
      path: text,
      reason,
    });
  }
  return {
    network,
    settings: trainingSettingsSchema.parse(settings),
    notes: [],
  };
}
