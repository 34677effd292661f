/** What the lint and the reader of pasted code say, in the reader's language: a code names its message. */
import type { CodeFinding, FoundSettings } from '../../shared/code/parsePyTorch.ts';
import type { LintFinding } from '../../shared/lint/lint.ts';
import { m } from '../paraglide/messages.js';
import { activationLabel } from './layers.ts';

type Fill = (parameters: Readonly<Record<string, string | number>>) => string;
const messages = m as unknown as Readonly<Record<string, Fill | undefined>>;

/** Names of functions as people write them. */
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

/** What was found, and in one sentence why it matters. */
export function lintText({ code, parameters }: LintFinding): { what: string; why: string } {
  const given = spoken(parameters);
  return {
    what: messages[`lint.${code}`]?.(given) ?? code,
    why: messages[`lint.${code}.why`]?.(given) ?? '',
  };
}

export function pasteText({ code, parameters }: CodeFinding): string {
  return messages[`paste.${code}`]?.(parameters) ?? code;
}

export function settingsText(settings: FoundSettings): string {
  return Object.keys(settings)
    .map((key) => messages[`code_setting_${key}`]?.({}) ?? key)
    .join(m.list_separator());
}
