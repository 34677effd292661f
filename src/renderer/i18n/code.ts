/** The messages of the lint and of the reader of pasted code in the reader's language: a code names its message. */
import type { CodeFinding, FoundSettings, PastedChoice } from '../../shared/code/parsePyTorch.ts';
import type { LintFinding } from '../../shared/lint/lint.ts';
import { withDetail } from '../../shared/misfits/misfit.ts';
import { walkNetwork } from '../../shared/network/shapes.ts';
import { m } from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';
import { formatCount } from './format.ts';
import { activationLabel, layerLabel } from './layers.ts';
import { optimizerNames } from './settings.ts';

type Fill = (parameters: Readonly<Record<string, string | number>>) => string;
const messages = m as unknown as Readonly<Record<string, Fill | undefined>>;

/** Replaces the program's names of functions by those that people use. */
function spoken(parameters: LintFinding['parameters']): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      typeof value === 'string' && ['function', 'first', 'second'].includes(key)
        ? activationLabel(value)
        : value,
    ]),
  );
}

/** Returns what was found, and in one sentence why it matters. */
export function lintText({ code, parameters }: LintFinding): { what: string; why: string } {
  const given = spoken(parameters);
  return {
    what: messages[`lint.${code}`]?.(given) ?? code,
    why: messages[`lint.${code}.why`]?.(given) ?? '',
  };
}

export function pasteText({ code, parameters }: CodeFinding): string {
  return messages[`paste.${code}`]?.(withDetail(parameters, getLocale(), layerLabel)) ?? code;
}

/** Returns the place of a finding or a choice, within its cell for a notebook. Empty if it concerns the whole code. */
export function pastePlace({ cell, line }: Pick<CodeFinding, 'cell' | 'line'>): string {
  if (line === null) return '';
  return cell === null ? m.code_paste_line({ line }) : m.code_paste_cell_line({ cell, line });
}

/** Distinguishes one training of a script from another by its line, its net's size, its optimizer and its epochs. */
export function choiceText({ network, settings, cell, line }: PastedChoice): string {
  const { optimizer, epochs, batchSize } = settings;
  const parameters = network
    ? walkNetwork(network).layers.reduce((sum, layer) => sum + layer.parameterCount, 0)
    : null;
  const what = [
    parameters === null
      ? m.code_paste_choice_none()
      : m.code_paste_choice_parameters({ count: formatCount(parameters) }),
    ...(optimizer ? [`${optimizerNames[optimizer.type]} ${optimizer.learningRate}`] : []),
    ...(epochs === undefined ? [] : [m.code_paste_choice_epochs({ epochs })]),
    ...(batchSize === undefined ? [] : [m.code_paste_choice_batch({ size: batchSize })]),
  ].join(' · ');
  if (line === null) return what;
  return cell === null
    ? m.code_paste_choice_line({ line, what })
    : m.code_paste_choice_cell({ cell, line, what });
}

export function settingsText(settings: FoundSettings): string {
  return Object.keys(settings)
    .map((key) => messages[`code_setting_${key}`]?.({}) ?? key)
    .join(m.list_separator());
}
