/**
 * PyTorch scripts and notebooks as nets with their settings. Findings are printed on standard error; if the
 * net would differ from the script's, or if the script trains several times, nothing is trained until the
 * command line says what is wanted.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import english from '../../../resources/messages/en/paste.json' with { type: 'json' };
import chinese from '../../../resources/messages/zh-CN/paste.json' with { type: 'json' };
import {
  type CodeFinding,
  type PastedChoice,
  type PastedNet,
  parsePyTorch,
} from '../../shared/code/parsePyTorch.ts';
import { summarize } from '../../shared/network/shapes.ts';
import { trainingSettingsSchema } from '../../shared/training/training.ts';
import { withDetail } from '../../shared/misfits/misfit.ts';
import { UsageProblem } from '../host/commandLine.ts';
import { count, describeOptimizer } from './reports/format.ts';
import { currentLanguage, say } from '../host/language.ts';
import { type Io, note } from './io.ts';
import type { NamedNetwork } from './commands/networks.ts';

export interface ScriptOptions {
  /** Number of the script's training to use, counted from 1. */
  readonly training?: number;
  /** Whether to train what was read although some of the script was not understood. */
  readonly asRead?: boolean;
}

export const isScript = (text: string): boolean => /\.(py|ipynb|md)$/i.test(text);

type Texts = Readonly<Record<string, string | undefined>>;

const textsOf = (): Texts => (currentLanguage() === 'zh-CN' ? chinese : english);

/** Returns a finding's text with its values, as the window shows it. */
function textOf({ code, parameters }: CodeFinding, texts: Texts): string {
  const values = withDetail(parameters, currentLanguage());
  return (texts[`paste.${code}`] ?? code).replace(/\{(\w+)\}/g, (whole, key: string) =>
    String(values[key] ?? whole),
  );
}

function lineOf(finding: CodeFinding, texts: Texts): string {
  const { cell, line, text } = finding;
  const where = line === null ? '' : cell === null ? `${line}: ` : `${cell}:${line}: `;
  return `  ${where}${textOf(finding, texts)}${text ? `\n      ${text}` : ''}`;
}

/** Returns one line about a training of a script, with what distinguishes it from the others. */
function choiceLine({ network, settings, line, text }: PastedChoice, i: number): string {
  const parts = [
    network ? say('{count} parameters', { count: count(summarize(network).parameterCount) }) : say('no net'),
    ...(settings.optimizer ? [describeOptimizer(settings.optimizer)] : []),
    ...(settings.epochs === undefined ? [] : [say('{count} epochs', { count: settings.epochs })]),
    ...(line === null ? [] : [say('line {line}', { line })]),
  ];
  return `  ${i + 1}  ${parts.join(', ')}: ${text}`;
}

const serious = ({ severity }: CodeFinding) => severity === 'error' || severity === 'mistake';

/**
 * Reads a script and prints its findings on standard error. Throws a UsageProblem if no net can be chosen for
 * training.
 */
export function readScript(io: Io, file: string, { training, asRead }: ScriptOptions): NamedNetwork {
  const pasted = parsePyTorch(textOfFile(file), {
    name: path.parse(file).name,
    ...(training !== undefined && { choice: training - 1 }),
  });
  const texts = textsOf();
  if (pasted.findings.length > 0)
    note(io, [`${file}:`, ...pasted.findings.map((finding) => lineOf(finding, texts))].join('\n'));
  chosen(file, pasted, training);
  const { network, settings } = pasted;
  if (!network)
    throw new UsageProblem('terminal.script', say('{file}: there is no net that can be trained', { file }), {
      path: file,
    });
  const counted = pasted.findings.filter(serious).length;
  if (counted > 0 && !asRead)
    throw new UsageProblem(
      'terminal.script',
      say(
        "{file}: the net or its settings are not the script's ({count} of the findings above). Correct the script, or " +
          'train what was read with --as-read',
        { file, count: counted },
      ),
      { path: file },
    );
  // This checks that the layers fit each other; the lab also checks that the data fit.
  summarize(network);
  return { network, settings: trainingSettingsSchema.parse(settings) };
}

/** Returns the chosen training. A script that trains several times needs a choice, which must exist. */
function chosen(file: string, { choices }: PastedNet, training: number | undefined): void {
  const list = choices.map(choiceLine).join('\n');
  if (training === undefined && choices.length > 1)
    throw new UsageProblem(
      'terminal.script-choice',
      `${say('{file} has {count} trainings; choose one with --training:', { file, count: choices.length })}\n${list}`,
      { path: file, count: choices.length },
    );
  if (training !== undefined && choices.length > 0 && training > choices.length)
    throw new UsageProblem(
      'terminal.script-choice',
      `${say('{file} has no training {training}:', { file, training })}\n${list}`,
      { path: file, count: choices.length },
    );
}

function textOfFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: say('there is no such file'),
      EISDIR: say('this is a folder; give the path of a script'),
      ERR_ENCODING_INVALID_ENCODED_DATA: say('this is not a text in UTF-8'),
    };
    if (code === undefined) throw error;
    throw new UsageProblem(
      'terminal.script-file',
      `${file}: ${reasons[code] ?? say('it cannot be read ({reason})', { reason: code })}`,
      {
        path: file,
      },
    );
  }
}
