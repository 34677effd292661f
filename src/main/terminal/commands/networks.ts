/** The nets that a command line can name: the presets, files that hold a network as JSON, and PyTorch scripts. */
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
  /** With which it is trained where nothing else is said. */
  readonly settings: TrainingSettings;
  /** Somebody wrote the settings down, in a script: they hold for any data set. */
  readonly asWritten?: boolean;
}

/** A preset's name wins over a file of that name; `./course` is the file. */
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

/** What is noticed in a script is to be said before anything is done with its net; not every command does that. */
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
    // Whether its layers fit each other; the lab asks in addition whether the data fit it.
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
