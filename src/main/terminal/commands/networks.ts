/** Nets that a command line can name: presets, JSON files of networks, and PyTorch scripts. */
import { existsSync, readFileSync } from 'node:fs';
import { type Network, parseNetwork } from '../../../shared/network/network.ts';
import { findPreset, presets } from '../../../shared/network/presets.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../../../shared/training/training.ts';
import { UsageProblem } from '../../host/commandLine.ts';
import { isScript } from '../scripts.ts';
import { suggest } from '../suggest.ts';
import { inLanguage, say } from '../../host/language.ts';

export interface NamedNetwork {
  readonly network: Network;
  /** Settings that it is trained with by default. */
  readonly settings: TrainingSettings;
  /** Whether the settings come from a script, so that they apply to any data set. */
  readonly asWritten?: boolean;
}

/** Resolves a name. A preset takes precedence over a file of the same name; `./course` is the file. */
export function resolveNetwork(
  text: string,
  readScript: (path: string) => NamedNetwork = refuseScript,
): NamedNetwork {
  const preset = findPreset(text);
  if (preset) return preset;
  if (isScript(text)) return { ...readScript(text), asWritten: true };
  if (/[/\\]|\.json$/i.test(text) || existsSync(text)) return readNetwork(text);
  const names = presets.map(({ network }) => network.name);
  throw new UsageProblem(
    'terminal.network',
    say('there is no net "{text}".', { text }) +
      suggest(text, names) +
      say(" There is {names}; or give the path of a network's JSON file or of a PyTorch script", {
        names: names.join(', '),
      }),
    { network: text },
  );
}

/** Refuses a script. Its findings must be shown before its net is used, which not every command does. */
function refuseScript(path: string): never {
  throw new UsageProblem(
    'terminal.network-script',
    say(
      '{path}: scripts are taken by the command "train"; here, give a preset or the path of a network\'s JSON file',
      { path },
    ),
    { path },
  );
}

function readNetwork(path: string): NamedNetwork {
  try {
    const network = parseNetwork(JSON.parse(readFileSync(path, 'utf8')));
    // This checks that the layers fit each other; the lab also checks that the data fit.
    summarize(network);
    return { network, settings: trainingSettingsSchema.parse({}) };
  } catch (error) {
    throw new UsageProblem('terminal.network-file', `${path}: ${reason(error)}`, { path });
  }
}

function reason(error: unknown): string {
  if (error instanceof Problem) return inLanguage(error);
  if (error instanceof SyntaxError) return say('this is not JSON ({reason})', { reason: error.message });
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return say('there is no such file');
  if (code === 'EISDIR') return say('this is a folder; give the path of a network’s JSON file');
  if (code === undefined) throw error;
  return say('it cannot be read ({reason})', { reason: code });
}
