/**
 * Translates a problem into the reader's language. Its code names the message (`problem.<code>` in resources/messages),
 * and its parameters fill it in. A code without a message, which a newer lab may send, is shown as the English text it
 * carries.
 */
import type { ProblemRecord } from '../../shared/base/problem.ts';
import { withDetail } from '../../shared/misfits/misfit.ts';
import { findField, runFieldNames, statusNames } from '../../shared/runQuery/fields.ts';
import { exampleOf, fieldWord, valueWord } from '../../shared/runQuery/words.ts';
import { m } from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';
import { layerLabel } from './layers.ts';

type Fill = (parameters: Readonly<Record<string, string | number>>) => string;
const messages = m as unknown as Readonly<Record<string, Fill | undefined>>;

export function problemText(problem: ProblemRecord): string {
  const { code, parameters } = problem;
  const { layer, type } = parameters;
  const text = problemReason(problem);
  // A text that fell back on English names its layer itself.
  if (text === problem.message || layer === undefined || type === undefined || !code.startsWith('layer.'))
    return text;
  return m.problem_in_layer({ layer, type: layerLabel(String(type)), problem: text });
}

/** Returns the problem's text without the name of the layer, for a place that belongs to the layer. */
export function problemReason({ code, message, parameters }: ProblemRecord): string {
  const fill = messages[`problem.${code}`];
  if (!fill) return message;
  const known: Record<string, string | number> = {
    ...withDetail(parameters, getLocale(), layerLabel),
    message,
  };
  const { cause, detail, ...own } = parameters;
  if (typeof cause === 'string')
    known['detail'] = problemText({ code: cause, message: String(detail), parameters: own });
  if (code.startsWith('query.')) Object.assign(known, queryWords(parameters));
  if (typeof known['what'] === 'string') known['what'] = layerLabel(known['what']);
  const ground = known['background'];
  if (ground === 'white' || ground === 'black') known['background'] = m.data_ground({ colour: ground });
  if (code.startsWith('layer.')) known['giver'] = giver(parameters['from']);
  // One code may come with and without a parameter: a text with a hole in it is worse than an English one.
  let whole = true;
  const asked = new Proxy(known, {
    get(target, name: string) {
      whole &&= name in target;
      return target[name];
    },
  });
  const text = fill(asked);
  return whole ? text : message;
}

/** Translates the parameters of a filter's problem: its field, its example, all fields, all states. */
function queryWords(parameters: ProblemRecord['parameters']): Record<string, string> {
  const language = getLocale();
  const field = typeof parameters['field'] === 'string' ? findField(parameters['field']) : undefined;
  return {
    ...(field && { field: fieldWord(field, language), example: exampleOf(field, language) }),
    ...(parameters['fields'] && {
      fields: runFieldNames.map((each) => fieldWord(each, language)).join(m.list_separator()),
    }),
    ...(parameters['statuses'] && {
      statuses: statusNames.map((each) => valueWord('status', each, language)).join(m.list_separator()),
    }),
  };
}

/** Names the layer whose output does not fit: `from` is a layer's number, 0 for the net's input. */
function giver(from: string | number | undefined): string {
  if (from === undefined) return m.problem_giver_unknown();
  return from === 0 ? m.problem_giver_input() : m.problem_giver_layer({ layer: from });
}
