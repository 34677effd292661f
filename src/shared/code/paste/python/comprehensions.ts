/** Comprehensions and generators. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, evaluate } from '../reading.ts';
import { Scope, type Value, list, truth, unknown } from '../values.ts';
import { assign } from './assign.ts';
import { itemsOf } from './items.ts';
import { textOfValue } from './operators.ts';

/** Evaluates `element for target in items if condition`, with several of each. */
export function comprehended(reading: Reading, parts: readonly SyntaxNode[], scope: Scope): Value {
  const at = parts.findIndex(({ name }) => name === 'for');
  if (at < 1) return unknown;
  const element = parts.slice(0, at).filter(({ name }) => name !== ':' && name !== 'async');
  const results: Value[][] = [];
  const complete = over(reading, parts.slice(at), new Scope(scope), (own) => {
    results.push(element.map((each) => evaluate(reading, each, own)));
  });
  if (!complete) return parametersOf(reading, parts.slice(at), scope);
  if (element.length === 1) return list(results.map(([value]) => value ?? unknown));
  const entries = new Map<string, Value>();
  for (const [key = unknown, value = unknown] of results) {
    const name = textOfValue(key);
    if (name === null) return unknown;
    entries.set(name, value);
  }
  return { kind: 'dict', entries };
}

/** Iterates over the clauses of a comprehension; returns false if one is unknown. */
function over(
  reading: Reading,
  clauses: readonly SyntaxNode[],
  scope: Scope,
  each: (scope: Scope) => void,
): boolean {
  const [first] = clauses;
  if (!first) {
    each(scope);
    return true;
  }
  const rest = clauses.slice(1);
  const next = rest.findIndex(({ name }) => name === 'for' || name === 'if');
  const own = next < 0 ? rest : rest.slice(0, next);
  const others = next < 0 ? [] : rest.slice(next);
  if (first.name === 'if') {
    const holds = truth(own[0] ? evaluate(reading, own[0], scope) : unknown);
    if (holds === null) return false;
    return holds ? over(reading, others, scope, each) : true;
  }
  const into = own.findIndex(({ name }) => name === 'in');
  const targets = own.slice(0, into).filter(({ name }) => name !== ',');
  const iterated = own[into + 1];
  const items = iterated ? itemsOf(reading, evaluate(reading, iterated, scope)) : null;
  if (!items || into < 1) return false;
  return items.every((item) => {
    assign(reading, targets, item, scope);
    return over(reading, others, scope, each);
  });
}

/** Recognises `p for p in net.parameters() if p.requires_grad` as the net's parameters. */
function parametersOf(reading: Reading, clauses: readonly SyntaxNode[], scope: Scope): Value {
  const into = clauses.findIndex(({ name }) => name === 'in');
  const iterated = clauses[into + 1];
  const value = iterated ? evaluate(reading, iterated, scope) : unknown;
  return value.kind === 'parameters' ? value : unknown;
}
