/** Names a rule in place of a schema's message. It imports nothing, so that layer kinds, which have names of fields, can use it. */
import type { MisfitRule } from './words.ts';

/** Returns a value for the places where a schema takes a message. */
export function misfitMessage(rule: MisfitRule, limits: Readonly<Record<string, number>> = {}): string {
  return JSON.stringify({ rule, ...limits });
}
