/** Python's expressions, one function each. */
import type { SyntaxNode } from '@lezer/common';
import { type ExpressionReader, type Reading, call, evaluate, place } from '../reading.ts';
import type { Scope } from '../values.ts';
import {
  type CallArguments,
  type Value,
  boolean,
  from,
  list,
  none,
  number,
  string,
  truth,
  tuple,
  unknown,
} from '../values.ts';
import { indexed, sliced } from './indexing.ts';
import { itemsOf } from './items.ts';
import { comprehended } from './comprehensions.ts';
import { condition } from './logic.ts';
import { binary, textOfValue } from './operators.ts';
import { children, inner, numberLiteral, stringOf } from './syntax.ts';

function numberOf(reading: Reading, node: SyntaxNode): Value {
  const value = numberLiteral(reading.source.of(node));
  return value === null ? unknown : number(value);
}

function plainString(reading: Reading, node: SyntaxNode): Value {
  const value = stringOf(reading.source.of(node));
  return value === null ? unknown : string(value);
}

/** Evaluates `f'conv{i}'`, which is known if all of its parts are. */
function formatString(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const text = reading.source.of(node);
  let result = '';
  let at = /^[a-zA-Z]*("""|'''|"|')/.exec(text)?.[0].length ?? 0;
  const quote = (/("""|'''|"|')$/.exec(text)?.[0] ?? '').length;
  for (const part of children(node)) {
    if (part.name !== 'FormatReplacement') continue;
    result += text.slice(at, part.from - node.from);
    at = part.to - node.from;
    const [expression] = inner(part);
    const value = expression && textOfValue(evaluate(reading, expression, scope));
    if (value === null || value === undefined) return unknown;
    result += value;
  }
  return string(result + text.slice(at, text.length - quote));
}

function continuedString(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const texts = children(node).map((part) => evaluate(reading, part, scope));
  if (!texts.every((value) => value.kind === 'string')) return unknown;
  return string(texts.map((value) => (value.kind === 'string' ? value.value : '')).join(''));
}

function variable(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const name = reading.source.of(node);
  const value = scope.get(name);
  if (value) return value;
  if (name === '__name__') return string('__main__');
  for (const path of reading.starred)
    if (/^[A-Z]/.test(name)) return { kind: 'path', path: `${path}.${name}` };
  return { kind: 'path', path: `builtins.${name}` };
}

function parenthesised(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [only] = inner(node);
  return only ? evaluate(reading, only, scope) : unknown;
}

function elements(reading: Reading, node: SyntaxNode, scope: Scope): Value[] {
  const items: Value[] = [];
  let spread = false;
  for (const part of inner(node)) {
    if (part.name === '*') {
      spread = true;
      continue;
    }
    const value = evaluate(reading, part, scope);
    if (spread) items.push(...(itemsOf(reading, value) ?? [unknown]));
    else items.push(value);
    spread = false;
  }
  return items;
}

function dictionary(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const entries = new Map<string, Value>();
  let key: Value | undefined;
  let spread = false;
  for (const part of inner(node)) {
    if (part.name === ':') continue;
    if (part.name === '**') {
      spread = true;
      continue;
    }
    const value = evaluate(reading, part, scope);
    if (spread) {
      if (value.kind !== 'dict') return unknown;
      for (const [name, each] of value.entries) entries.set(name, each);
      spread = false;
    } else if (key === undefined) key = value;
    else {
      const name = textOfValue(key);
      if (name !== null) entries.set(name, value);
      key = undefined;
    }
  }
  return { kind: 'dict', entries };
}

function memberExpression(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [object, mark, ...rest] = children(node);
  const [property] = rest;
  if (!object || !mark || !property) return unknown;
  const of = evaluate(reading, object, scope);
  if (mark.name === '.')
    return from(reading.language.member(reading, node, of, reading.source.of(property)), of);
  const parts = rest.slice(0, -1);
  if (parts.length === 1 && parts[0]?.name !== ':')
    return from(indexed(reading, node, of, evaluate(reading, parts[0] as SyntaxNode, scope)), of);
  const axes: (readonly Value[])[] = [];
  let current: Value[] = [];
  let last = ':';
  for (const part of parts) {
    if (part.name === ',') {
      axes.push(last === ':' ? [...current, none] : current);
      current = [];
      last = ':';
    } else if (part.name === ':') {
      if (last === ':') current.push(none);
      last = ':';
      if (current.length === 0) current.push(none);
    } else {
      current.push(evaluate(reading, part, scope));
      last = part.name;
    }
  }
  axes.push(last === ':' ? [...current, none] : current);
  return from(sliced(reading, node, of, axes), of);
}

function callExpression(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [callee, given] = children(node);
  if (!callee || !given) return unknown;
  const function_ = evaluate(reading, callee, scope);
  return call(reading, node, function_, argumentsOf(reading, given, scope), scope);
}

function argumentsOf(reading: Reading, node: SyntaxNode, scope: Scope): CallArguments {
  if (node.name !== 'ArgList') return { positional: [evaluate(reading, node, scope)], named: new Map() };
  const positional: Value[] = [];
  const named = new Map<string, Value>();
  let unread: string | undefined;
  const parts = children(node);
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] as SyntaxNode;
    if (['(', ')', ','].includes(part.name)) continue;
    const next = parts[i + 1];
    if (part.name === '*' && next) {
      const items = itemsOf(reading, evaluate(reading, next, scope));
      if (items) positional.push(...items);
      else unread = `*${reading.source.of(next)}`;
      i += 1;
    } else if (part.name === '**' && next) {
      const value = evaluate(reading, next, scope);
      if (value.kind === 'dict') for (const [name, each] of value.entries) named.set(name, from(each, value));
      else unread = `**${reading.source.of(next)}`;
      i += 1;
    } else if (next?.name === 'AssignOp' && parts[i + 2]) {
      named.set(reading.source.of(part), evaluate(reading, parts[i + 2] as SyntaxNode, scope));
      i += 2;
    } else if (next?.name === 'for' || next?.name === 'async') {
      positional.push(comprehended(reading, parts.slice(1, -1), scope));
      break;
    } else positional.push(evaluate(reading, part, scope));
  }
  return { positional, named, ...(unread === undefined ? {} : { unread }) };
}

function unary(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [operator, operand] = children(node);
  if (!operator || !operand) return unknown;
  if (operator.name === 'not') return condition(reading, node, scope);
  const value = evaluate(reading, operand, scope);
  if (value.kind !== 'number') return from(unknown, value);
  return from(number(reading.source.of(operator) === '-' ? -value.value : value.value), value);
}

function binaryExpression(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [first, ...rest] = children(node);
  const last = rest.pop();
  if (!first || !last) return unknown;
  const operator = rest.map((part) => reading.source.of(part)).join(' ');
  if (operator === 'and' || operator === 'or') return condition(reading, node, scope);
  const left = evaluate(reading, first, scope);
  const right = evaluate(reading, last, scope);
  // `a < b <= c` holds if `a < b` and `b <= c` do.
  const chained =
    rest[0]?.name === 'CompareOp' &&
    first.name === 'BinaryExpression' &&
    children(first)[1]?.name === 'CompareOp';
  if (chained) {
    const middle = children(first).at(-1);
    if (left.kind === 'boolean' && middle)
      return left.value ? operate(reading, node, operator, evaluate(reading, middle, scope), right) : left;
    return unknown;
  }
  return operate(reading, node, operator, left, right);
}

export function operate(
  reading: Reading,
  node: SyntaxNode,
  operator: string,
  left: Value,
  right: Value,
): Value {
  if (left.kind === 'tensor' || right.kind === 'tensor')
    return reading.language.tensorOperator(reading, node, operator, left, right);
  if (operator === '+' && (left.kind === 'parameters' || right.kind === 'parameters')) {
    const modules = [left, right].flatMap((side) => (side.kind === 'parameters' ? side.modules : []));
    return { kind: 'parameters', modules };
  }
  return binary(operator, left, right);
}

function conditional(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  const [yes, , asked, , no] = children(node);
  if (!yes || !asked || !no) return unknown;
  const given = evaluate(reading, asked, scope);
  const holds = truth(given);
  if (holds !== null) return from(evaluate(reading, holds ? yes : no, scope), given);
  if (reading.mode === 'forward') reading.findings.add('error', 'condition-unknown', place(reading, asked));
  const taken = evaluate(reading, no, scope);
  evaluate(reading, yes, scope);
  return {
    ...taken,
    origin: { kind: 'condition', what: reading.source.of(asked), place: place(reading, node) },
  };
}

const comprehension: ExpressionReader = (reading, node, scope) =>
  comprehended(reading, children(node).slice(1, -1), scope);

export const expressions: Readonly<Record<string, ExpressionReader | undefined>> = {
  Number: numberOf,
  String: plainString,
  FormatString: formatString,
  ContinuedString: continuedString,
  Boolean: (reading, node) => boolean(reading.source.of(node) === 'True'),
  None: () => none,
  VariableName: variable,
  ParenthesizedExpression: parenthesised,
  TupleExpression: (reading, node, scope) => tuple(elements(reading, node, scope)),
  ArrayExpression: (reading, node, scope) => list(elements(reading, node, scope)),
  SetExpression: (reading, node, scope) => list(elements(reading, node, scope)),
  DictionaryExpression: dictionary,
  MemberExpression: memberExpression,
  CallExpression: callExpression,
  UnaryExpression: unary,
  BinaryExpression: binaryExpression,
  ConditionalExpression: conditional,
  ArrayComprehensionExpression: comprehension,
  SetComprehensionExpression: comprehension,
  DictionaryComprehensionExpression: comprehension,
  ComprehensionExpression: comprehension,
  LambdaExpression: (_reading, node, scope) => ({
    kind: 'function',
    name: 'lambda',
    node,
    scope,
    owner: null,
    decorators: [],
  }),
  AwaitExpression: (reading, node, scope) => {
    const last = children(node).at(-1);
    return last ? evaluate(reading, last, scope) : unknown;
  },
  NamedExpression: (reading, node, scope) => {
    const [name, , value] = children(node);
    if (!name || !value) return unknown;
    const given = evaluate(reading, value, scope);
    scope.set(reading.source.of(name), given);
    return given;
  },
};
