/** Calls of functions that the code itself defines. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, deepestCall, deepestRecursion, evaluate, run } from '../reading.ts';
import { type CallArguments, type FunctionValue, Scope, type Value, list, none, unknown } from '../values.ts';
import { children } from './syntax.ts';

const decoratedWith = (callee: FunctionValue, name: RegExp) =>
  callee.decorators.some((each) => name.test(each));

export const isProperty = (callee: FunctionValue) => decoratedWith(callee, /^@(\w+\.)*(cached_)?property\b/);

/** `self` is the object of a method call. */
export function callFunction(
  reading: Reading,
  callee: FunctionValue,
  call: CallArguments,
  self?: Value,
): Value {
  reading.called.add(callee);
  const active = reading.active.get(callee) ?? 0;
  if (reading.depth > deepestCall || active >= deepestRecursion) return unknown;
  const parts = children(callee.node);
  const parameters = parts.find(({ name }) => name === 'ParamList');
  const scope = new Scope(callee.scope);
  if (self && callee.owner) scope.names.set('__class__', callee.owner);
  const bound =
    self && !decoratedWith(callee, /^@staticmethod\b/) ? [self, ...call.positional] : call.positional;
  if (parameters) bindParameters(reading, parameters, scope, bound, call.named);
  const withoutGradient = decoratedWith(callee, /no_grad|inference_mode/) ? 1 : 0;
  reading.depth += 1;
  reading.active.set(callee, active + 1);
  reading.withoutGradient += withoutGradient;
  try {
    if (callee.node.name === 'LambdaExpression') {
      const body = parts.at(-1);
      return body ? evaluate(reading, body, scope) : unknown;
    }
    const body = parts.find(({ name }) => name === 'Body');
    const ending = body ? run(reading, children(body), scope) : undefined;
    return typeof ending === 'object' ? ending.returned : none;
  } finally {
    reading.depth -= 1;
    reading.active.set(callee, active);
    reading.withoutGradient -= withoutGradient;
  }
}

function bindParameters(
  reading: Reading,
  node: SyntaxNode,
  scope: Scope,
  positional: readonly Value[],
  named: ReadonlyMap<string, Value>,
): void {
  const parts = children(node).filter(({ name }) => name !== '(' && name !== ')' && name !== 'TypeDef');
  const queue = [...positional];
  const left = new Map(named);
  let keywordsOnly = false;
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] as SyntaxNode;
    if (part.name === '*' || part.name === '**') {
      const name = parts[i + 1];
      keywordsOnly ||= part.name === '*';
      if (name?.name !== 'VariableName') continue;
      const rest: Value =
        part.name === '*' ? list(queue.splice(0)) : { kind: 'dict', entries: new Map(left) };
      scope.names.set(reading.source.of(name), rest);
      i += 1;
      continue;
    }
    if (part.name !== 'VariableName') continue;
    const name = reading.source.of(part);
    const fallback = parts[i + 1]?.name === 'AssignOp' ? parts[i + 2] : undefined;
    if (fallback) i += 2;
    const given = (keywordsOnly ? undefined : queue.shift()) ?? left.get(name);
    left.delete(name);
    scope.names.set(name, given ?? (fallback ? evaluate(reading, fallback, scope.outer ?? scope) : unknown));
  }
}
