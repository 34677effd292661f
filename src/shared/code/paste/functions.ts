/** Calls of what the code itself defines, and of Python's own functions. */
import type { SyntaxNode } from '@lezer/common';
import { Evaluator } from './expressions.ts';
import { children } from './syntax.ts';
import type { CallArguments } from './torchLayers.ts';
import { type FunctionValue, type Value, Scope, list, none, number, unknown } from './values.ts';

export const deepestCall = 40;

export abstract class Functions extends Evaluator {
  protected readonly called = new Set<FunctionValue>();
  protected depth = 0;

  /** A call that means nothing here: in the forward pass it is named, and what it was given goes on. */
  protected lost(node: SyntaxNode, call: CallArguments, what: string): Value {
    const values = [...call.positional, ...call.named.values()].flatMap((value) =>
      value.kind === 'list' ? value.items : [value],
    );
    const tensor = values.find((value) => value.kind === 'tensor');
    if (!tensor || this.mode !== 'forward') return unknown;
    this.findings.add('error', 'operation-unknown', this.place(node), { what });
    return tensor;
  }

  override callFunction(callee: FunctionValue, call: CallArguments, self?: Value): Value {
    this.called.add(callee);
    if (this.depth > deepestCall) return unknown;
    const parts = children(callee.node);
    const parameters = parts.find(({ name }) => name === 'ParamList');
    const scope = new Scope(callee.scope);
    if (self && callee.owner) scope.names.set('__class__', callee.owner);
    if (parameters)
      this.bindParameters(parameters, scope, self ? [self, ...call.positional] : call.positional, call.named);
    this.depth += 1;
    try {
      if (callee.node.name === 'LambdaExpression') {
        const body = parts.at(-1);
        return body ? this.evaluate(body, scope) : unknown;
      }
      const body = parts.find(({ name }) => name === 'Body');
      const ending = body ? this.run(children(body), scope) : undefined;
      if (typeof ending === 'object' && ending !== null && 'returned' in ending)
        return ending.returned as Value;
      return none;
    } finally {
      this.depth -= 1;
    }
  }

  protected bindParameters(
    node: SyntaxNode,
    scope: Scope,
    positional: readonly Value[],
    named: ReadonlyMap<string, Value>,
  ): void {
    const parts = children(node).filter(({ name }) => name !== '(' && name !== ')' && name !== 'TypeDef');
    const queue = [...positional];
    const left = new Map(named);
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i] as SyntaxNode;
      if (part.name === '*' || part.name === '**') {
        const name = parts[i + 1];
        if (name?.name === 'VariableName') {
          const rest: Value =
            part.name === '*' ? list(queue.splice(0)) : { kind: 'dict', entries: new Map(left) };
          scope.names.set(this.source.of(name), rest);
          i += 1;
        }
        continue;
      }
      if (part.name !== 'VariableName') continue;
      const name = this.source.of(part);
      const fallback = parts[i + 1]?.name === 'AssignOp' ? parts[i + 2] : undefined;
      if (fallback) i += 2;
      const given = queue.shift() ?? left.get(name);
      left.delete(name);
      scope.names.set(name, given ?? (fallback ? this.evaluate(fallback, scope) : unknown));
    }
  }

  protected builtin(node: SyntaxNode, name: string, call: CallArguments, scope: Scope): Value {
    const { positional } = call;
    const [first, second] = positional;
    const numbers = positional.map((value) => (value.kind === 'number' ? value.value : NaN));
    const known = numbers.every((value) => !Number.isNaN(value));
    switch (name) {
      case 'super': {
        const self = scope.get('self') ?? (second?.kind === 'module' ? second : undefined);
        const definition = first?.kind === 'class' ? first : scope.get('__class__');
        if (self?.kind === 'module' && self.module.type === 'user' && definition?.kind === 'class')
          return { kind: 'super', self: self.module, definition };
        return unknown;
      }
      case 'range': {
        if (!known || numbers.length === 0) return unknown;
        const [from, to, step] =
          numbers.length === 1
            ? [0, numbers[0] as number, 1]
            : [numbers[0] as number, numbers[1] as number, numbers[2] ?? 1];
        const length = Math.max(0, Math.min(10_000, Math.ceil((to - from) / step)));
        return list(Array.from({ length }, (_, i) => number(from + i * step)));
      }
      case 'len': {
        if (first?.kind === 'tensor') return { kind: 'length', axis: 0 };
        const items = first ? this.itemsOf(first) : null;
        return items ? number(items.length) : unknown;
      }
      case 'list':
      case 'tuple': {
        const items = first ? this.itemsOf(first) : [];
        return items ? list([...items]) : unknown;
      }
      case 'enumerate': {
        const items = first ? this.itemsOf(first) : null;
        return items ? list(items.map((item, i) => list([number(i), item]))) : unknown;
      }
      case 'zip': {
        const all = positional.map((value) => this.itemsOf(value));
        if (all.some((items) => items === null)) return unknown;
        const length = Math.min(...all.map((items) => items?.length ?? 0));
        return list(Array.from({ length }, (_, i) => list(all.map((items) => items?.[i] ?? unknown))));
      }
      case 'dict':
        return { kind: 'dict', entries: new Map(call.named) };
      case 'int':
        return first?.kind === 'number'
          ? number(Math.trunc(first.value))
          : first?.kind === 'length'
            ? first
            : unknown;
      case 'float':
        return first?.kind === 'number' ? first : unknown;
      case 'max':
      case 'min':
        return known && numbers.length > 0
          ? number(name === 'max' ? Math.max(...numbers) : Math.min(...numbers))
          : unknown;
      case 'print':
      case 'setattr':
        return none;
      default:
        return this.lost(node, call, name);
    }
  }
}
