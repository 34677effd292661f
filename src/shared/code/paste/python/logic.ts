/**
 * `and`, `or` and `not`. The parser extends `not` to the end of what follows it; in Python it binds more tightly than
 * `and`, and that more tightly than `or`, so their operands are regrouped.
 */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, evaluate } from '../reading.ts';
import { type Scope, type Value, boolean, from, truth, unknown } from '../values.ts';
import { logical } from './operators.ts';
import { children } from './syntax.ts';

type Token = SyntaxNode | 'and' | 'or' | 'not';

function tokensOf(node: SyntaxNode): Token[] {
  const parts = children(node);
  const [first, second, third] = parts;
  if (node.name === 'UnaryExpression' && first?.name === 'not' && second) return ['not', ...tokensOf(second)];
  if (node.name === 'BinaryExpression' && first && third && (second?.name === 'and' || second?.name === 'or'))
    return [...tokensOf(first), second.name, ...tokensOf(third)];
  return [node];
}

/** Returns the value of an expression whose operators are `and`, `or` and `not`. */
export function condition(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  return anyOf(reading, tokensOf(node), scope);
}

function split(tokens: readonly Token[], operator: Token): Token[][] {
  const groups: Token[][] = [[]];
  for (const token of tokens) {
    if (token === operator) groups.push([]);
    else (groups.at(-1) as Token[]).push(token);
  }
  return groups;
}

function anyOf(reading: Reading, tokens: readonly Token[], scope: Scope): Value {
  const [first = [], ...rest] = split(tokens, 'or');
  return rest.reduce(
    (left, group) => logical('or', left, () => allOf(reading, group, scope)),
    allOf(reading, first, scope),
  );
}

function allOf(reading: Reading, tokens: readonly Token[], scope: Scope): Value {
  const [first = [], ...rest] = split(tokens, 'and');
  return rest.reduce(
    (left, group) => logical('and', left, () => negated(reading, group, scope)),
    negated(reading, first, scope),
  );
}

function negated(reading: Reading, [first, ...rest]: readonly Token[], scope: Scope): Value {
  if (first !== 'not') return first && typeof first !== 'string' ? evaluate(reading, first, scope) : unknown;
  const value = negated(reading, rest, scope);
  const holds = truth(value);
  return from(holds === null ? unknown : boolean(!holds), value);
}
