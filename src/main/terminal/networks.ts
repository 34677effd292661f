/** The nets that a command line can name: the presets, and files that hold a network as JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { type Network, parseNetwork } from '../../shared/network/network.ts';
import { findPreset, presets } from '../../shared/network/presets.ts';
import { Problem } from '../../shared/base/problem.ts';
import { summarize } from '../../shared/network/shapes.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../../shared/training/training.ts';
import { UsageProblem } from '../host/commandLine.ts';
import { suggest } from './suggest.ts';

export interface NamedNetwork {
  readonly network: Network;
  /** With which it is trained where nothing else is said. */
  readonly settings: TrainingSettings;
}

/** A preset's name wins over a file of that name; `./course` is the file. */
export function resolveNetwork(text: string): NamedNetwork {
  const preset = findPreset(text);
  if (preset) return preset;
  if (/[/\\]|\.json$/i.test(text) || existsSync(text)) return readNetwork(text);
  const names = presets.map(({ network }) => network.name);
  throw new UsageProblem(
    'terminal.network',
    `there is no net "${text}".${suggest(text, names)} There is ${names.join(', ')}; or give the path of a network's JSON file`,
    { network: text },
  );
}

function readNetwork(path: string): NamedNetwork {
  try {
    const network = parseNetwork(JSON.parse(readFileSync(path, 'utf8')));
    // Whether its layers fit each other; the lab asks in addition whether the data fit it.
    summarize(network);
    return { network, settings: trainingSettingsSchema.parse({}) };
  } catch (error) {
    throw new UsageProblem('terminal.network-file', `${path}: ${reason(error)}`, { path });
  }
}

function reason(error: unknown): string {
  if (error instanceof Problem) return error.message;
  if (error instanceof SyntaxError) return `this is not JSON (${error.message})`;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder; give the path of a network’s JSON file';
  if (code === undefined) throw error;
  return `it cannot be read (${code})`;
}
