/** Calls, each led to where it is understood: modules, tensors, what the code itself defines, Python. */
import type { SyntaxNode } from '@lezer/common';
import { lookUp, isModule, normalised, shortName } from './names.ts';
import { deepestCall } from './functions.ts';
import { Tensors } from './tensors.ts';
import { type CallArguments, dropoutFunction, functionTable } from './torchLayers.ts';
import type { Scope } from './values.ts';
import { type Module, type Value, NotUnderstood, list, none, unknown } from './values.ts';

export abstract class Expressions extends Tensors {
  /** Modules whose parameters an optimizer was given. */
  readonly optimized: Module[] = [];

  /** The shape of an input that the script makes up: batch, channels, height, width. */
  examples: number[][] = [];

  protected override member(node: SyntaxNode, of: Value, name: string): Value {
    switch (of.kind) {
      case 'path':
        return { kind: 'path', path: `${of.path}.${name}` };
      case 'module': {
        const { module } = of;
        if (module.type === 'user') {
          const value = module.attributes.get(name) ?? lookUp(module.definition, name);
          if (value?.kind === 'function') return { kind: 'method', of, name };
          if (value) return value;
        }
        return { kind: 'method', of, name };
      }
      case 'tensor':
        return name === 'shape' ? { kind: 'shape' } : { kind: 'method', of, name };
      case 'super':
      case 'list':
      case 'dict':
      case 'string':
        return { kind: 'method', of, name };
      case 'class':
        return of.members.get(name) ?? unknown;
      default:
        void node;
        return unknown;
    }
  }

  protected override call(node: SyntaxNode, callee: Value, call: CallArguments, scope: Scope): Value {
    this.depth += 1;
    try {
      if (this.depth > deepestCall) return unknown;
      return this.dispatch(node, callee, call, scope);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.findings.add('error', error.code, this.place(node), error.parameters);
      // The rest is read as if this were not there.
      if (callee.kind === 'method' && callee.of.kind === 'tensor') return callee.of;
      return call.positional.find((value) => value.kind === 'tensor') ?? unknown;
    } finally {
      this.depth -= 1;
    }
  }

  protected dispatch(node: SyntaxNode, callee: Value, call: CallArguments, scope: Scope): Value {
    switch (callee.kind) {
      case 'path':
        return this.callPath(node, normalised(callee.path), call, scope);
      case 'class':
        return isModule(callee) ? this.construct(node, callee, call) : unknown;
      case 'function':
        return this.callFunction(callee, call);
      case 'module':
        return this.apply(node, callee.module, call);
      case 'method':
        return this.callMethod(node, callee, call, scope);
      default:
        return this.lost(node, call, this.calleeText(node));
    }
  }

  protected calleeText(node: SyntaxNode): string {
    const callee = node.firstChild;
    return callee ? this.source.of(callee).replace(/\s+/g, '') : '';
  }

  protected callPath(node: SyntaxNode, path: string, call: CallArguments, scope: Scope): Value {
    const place = this.place(node);
    if (path.startsWith('builtins.')) return this.builtin(node, path.slice(9), call, scope);
    if (this.settings.call(path, call, place, this.withoutGradient > 0)) {
      const [first] = call.positional;
      if (path.startsWith('torch.optim.') && first?.kind === 'module') this.optimized.push(first.module);
      return unknown;
    }
    const function_ = path === 'torch.nn.functional.dropout' ? dropoutFunction : functionTable[path];
    if (function_) return this.applyFunction(node, path, function_, call);
    if (path.startsWith('torch.nn.') && /\.[A-Z]\w*$/.test(path)) return this.torchModule(node, path, call);
    if (/^torch\.(randn|rand|zeros|ones|empty)$/.test(path)) {
      const sizes = call.positional.flatMap((value) => (value.kind === 'list' ? value.items : [value]));
      if (sizes.length === 4 && sizes.every((size) => size.kind === 'number'))
        this.examples.push(sizes.map((size) => (size.kind === 'number' ? size.value : 0)));
      return unknown;
    }
    if (/\.summary$/.test(path)) {
      const size = call.positional[1] ?? call.named.get('input_size');
      if (size?.kind === 'list' && size.items.every((item) => item.kind === 'number')) {
        const sizes = size.items.map((item) => (item.kind === 'number' ? item.value : 0));
        this.examples.push(sizes.length === 3 ? [1, ...sizes] : sizes);
      }
      return unknown;
    }
    if (path === 'collections.OrderedDict') return call.positional[0] ?? list([]);
    if ((path === 'torch.add' || path === 'operator.add') && call.positional.length === 2) {
      const [left, right] = call.positional;
      if (left?.kind === 'tensor' && right?.kind === 'tensor') return this.sum(node, left.node, right.node);
    }
    if (path === 'torch.mean')
      return this.mean(node, call.positional[0], call.positional[1] ?? call.named.get('dim'));
    if (path === 'torch.reshape' && call.positional[0]?.kind === 'tensor') {
      const [tensor, size] = call.positional;
      return this.reshaped(node, tensor.node, size?.kind === 'list' ? size.items : []);
    }
    return this.lost(node, call, shortName(path));
  }

  protected callMethod(
    node: SyntaxNode,
    { of, name }: Extract<Value, { kind: 'method' }>,
    call: CallArguments,
    scope: Scope,
  ): Value {
    switch (of.kind) {
      case 'tensor':
        return this.tensorMethod(node, of.node, name, call);
      case 'super':
        return this.superMethod(of, name, call);
      case 'module':
        return this.moduleMethod(node, of, name, call, scope);
      case 'list':
        return this.listMethod(of.items, name, call);
      case 'dict':
        if (name === 'values') return list([...of.entries.values()]);
        if (name === 'get')
          return call.positional[0]?.kind === 'string'
            ? (of.entries.get(call.positional[0].value) ?? none)
            : unknown;
        return unknown;
      default:
        return unknown;
    }
  }

  protected listMethod(items: Value[], name: string, { positional }: CallArguments): Value {
    const [first] = positional;
    if (name === 'append' && first) items.push(first);
    else if (name === 'extend' && first) items.push(...(this.itemsOf(first) ?? [unknown]));
    else if (name === 'insert' && first?.kind === 'number' && positional[1])
      items.splice(first.value, 0, positional[1]);
    else if (name === 'pop') return items.pop() ?? unknown;
    return none;
  }
}
