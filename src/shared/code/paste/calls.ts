/** Calls: of torch's modules and functions, of tensors' methods, of what the code itself defines, of Python's own. */
import type { SyntaxNode } from '@lezer/common';
import { Evaluator } from './expressions.ts';
import { children } from './syntax.ts';
import {
  type CallArguments,
  bind,
  dropoutFunction,
  functionTable,
  methodTable,
  moduleTable,
} from './torchLayers.ts';
import {
  type ClassValue,
  type FunctionValue,
  type LayerModule,
  type Module,
  NotUnderstood,
  type Place,
  Scope,
  type Step,
  type TensorNode,
  type UserModule,
  type Value,
  list,
  none,
  number,
  unknown,
} from './values.ts';

const noArguments: CallArguments = { positional: [], named: new Map() };

/** Methods of a tensor after which it is the same numbers in the same order. */
const harmless = new Set([
  'to',
  'cuda',
  'cpu',
  'float',
  'contiguous',
  'clone',
  'requires_grad_',
  'type',
  'double',
]);

const deepestCall = 40;

export abstract class Expressions extends Evaluator {
  /** Modules in the order in which they were made by the script itself. */
  readonly made: { readonly module: Module; readonly place: Place }[] = [];
  /** Modules whose parameters an optimizer was given. */
  readonly optimized: Module[] = [];
  /** The shape of an input that the script makes up: batch, channels, height, width. */
  examples: number[][] = [];
  protected readonly called = new Set<FunctionValue>();
  private drawn = 0;
  private depth = 0;

  /** A module that is part of another is not the net itself. */
  protected own(value: Value): void {
    if (value.kind === 'module') value.module.owned = true;
    if (value.kind === 'list') for (const item of value.items) this.own(item);
  }

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

  private dispatch(node: SyntaxNode, callee: Value, call: CallArguments, scope: Scope): Value {
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

  private calleeText(node: SyntaxNode): string {
    const callee = node.firstChild;
    return callee ? this.source.of(callee).replace(/\s+/g, '') : '';
  }

  /** A call that means nothing here: in the forward pass it is named, and what it was given goes on. */
  private lost(node: SyntaxNode, call: CallArguments, what: string): Value {
    const values = [...call.positional, ...call.named.values()].flatMap((value) =>
      value.kind === 'list' ? value.items : [value],
    );
    const tensor = values.find((value) => value.kind === 'tensor');
    if (!tensor || this.mode !== 'forward') return unknown;
    this.findings.add('error', 'operation-unknown', this.place(node), { what });
    return tensor;
  }

  private callPath(node: SyntaxNode, path: string, call: CallArguments, scope: Scope): Value {
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

  // ---- modules

  private torchModule(node: SyntaxNode, path: string, call: CallArguments): Value {
    const name = path.split('.').at(-1) as string;
    const place = this.place(node);
    if (name === 'Sequential' || name === 'ModuleList') {
      const children = this.childrenOf(call);
      for (const child of children) this.own(child);
      const module: Module = {
        type: 'sequence',
        callable: name === 'Sequential',
        children,
        place,
        owned: false,
      };
      if (name === 'Sequential' && this.mode === 'script') this.made.push({ module, place });
      return { kind: 'module', module };
    }
    if (name === 'Module') return unknown;
    const entry = moduleTable[name];
    if (!entry)
      return this.foreign(name, place, { code: 'module-unknown', parameters: { what: `nn.${name}` } });
    const made = entry.draws ? (this.drawn += 1) : null;
    try {
      const steps = entry.steps(bind(`nn.${name}`, entry.signature, call), `nn.${name}`);
      return { kind: 'module', module: { type: 'layer', steps, made, place, used: 0, owned: false } };
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      return this.foreign(name, place, { code: error.code, parameters: error.parameters });
    }
  }

  /** Named only where it is used: what is made and never used changes nothing but the seed's numbers. */
  private foreign(
    name: string,
    place: Place,
    reason: { code: string; parameters: Readonly<Record<string, string | number>> },
  ): Value {
    return { kind: 'module', module: { type: 'foreign', name, reason, place, owned: false } };
  }

  /** Modules given one by one, as a list, or as an OrderedDict's pairs. */
  private childrenOf({ positional }: CallArguments): Value[] {
    const [first] = positional;
    if (positional.length === 1 && first?.kind === 'dict') return [...first.entries.values()];
    if (positional.length === 1 && first?.kind === 'list') {
      return first.items.map((item) =>
        item.kind === 'list' && item.items[0]?.kind === 'string' ? (item.items[1] ?? unknown) : item,
      );
    }
    return [...positional];
  }

  construct(node: SyntaxNode | null, definition: ClassValue, call: CallArguments): Value {
    const place = node ? this.place(node) : definition.place;
    const module: UserModule = { type: 'user', definition, attributes: new Map(), place, owned: false };
    const value: Value = { kind: 'module', module };
    const initial = lookUp(definition, '__init__');
    const before = this.mode;
    if (before === 'script') this.made.push({ module, place });
    this.mode = 'making';
    if (initial?.kind === 'function') this.callFunction(initial, call, value);
    this.mode = before;
    return value;
  }

  callModule(node: SyntaxNode | null, module: Module, input: Value): Value {
    return this.apply(node, module, { positional: [input], named: new Map() });
  }

  private apply(node: SyntaxNode | null, module: Module, call: CallArguments): Value {
    const [input] = call.positional;
    const place = node ? this.place(node) : module.place;
    switch (module.type) {
      case 'layer': {
        if (input?.kind !== 'tensor') return unknown;
        module.used += 1;
        if (module.used > 1 && module.made !== null) this.findings.add('error', 'shared-weights', place);
        return this.after(input.node, module.steps, place, module);
      }
      case 'sequence': {
        if (!module.callable) throw new NotUnderstood('operation-unknown', { what: 'nn.ModuleList' });
        return module.children.reduce<Value>((value, child) => {
          if (child.kind === 'module')
            return this.apply(node, child.module, { positional: [value], named: new Map() });
          this.findings.add('error', 'operation-unknown', module.place, { what: 'nn.Sequential' });
          return value;
        }, input ?? unknown);
      }
      case 'foreign':
        if (input?.kind === 'tensor')
          this.findings.add('error', module.reason.code, module.place, module.reason.parameters);
        return input ?? unknown;
      case 'user': {
        if (this.mode !== 'forward') return unknown;
        const forward = lookUp(module.definition, 'forward');
        const self: Value = { kind: 'module', module };
        if (forward?.kind === 'function') return this.callFunction(forward, call, self);
        if (extendsSequential(module.definition)) {
          const children = module.attributes.get('children()');
          return this.apply(
            node,
            {
              type: 'sequence',
              callable: true,
              children: children?.kind === 'list' ? children.items : [],
              place,
              owned: true,
            },
            call,
          );
        }
        throw new NotUnderstood('no-forward', { what: module.definition.name });
      }
    }
  }

  private after(from: TensorNode, steps: readonly Step[], place: Place, module: LayerModule | null): Value {
    const node = steps.reduce<TensorNode>(
      (tensor, step) => ({ from: tensor, step, plus: null, place, module }),
      from,
    );
    return { kind: 'tensor', node };
  }

  protected override sum(node: SyntaxNode, left: TensorNode, right: TensorNode): Value {
    return {
      kind: 'tensor',
      node: { from: left, step: null, plus: right, place: this.place(node), module: null },
    };
  }

  private applyFunction(
    node: SyntaxNode,
    path: string,
    entry: {
      signature: readonly string[];
      steps: (bound: ReadonlyMap<string, Value>, what: string) => Step[];
    },
    call: CallArguments,
  ): Value {
    const what = shortName(path);
    const [first, ...rest] = call.positional;
    const input = first ?? call.named.get('input');
    if (input?.kind !== 'tensor') return unknown;
    const named = new Map([...call.named].filter(([name]) => name !== 'input'));
    const bound = bind(what, entry.signature, { positional: rest, named });
    if (what === 'F.dropout') {
      const training = bound.get('training');
      if (training?.kind !== 'unknown' && training?.kind !== 'method')
        this.findings.add('warning', 'dropout-always', this.place(node));
    }
    return this.after(input.node, entry.steps(bound, what), this.place(node), null);
  }

  // ---- methods

  private callMethod(
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

  private listMethod(items: Value[], name: string, { positional }: CallArguments): Value {
    const [first] = positional;
    if (name === 'append' && first) items.push(first);
    else if (name === 'extend' && first) items.push(...(this.itemsOf(first) ?? [unknown]));
    else if (name === 'insert' && first?.kind === 'number' && positional[1])
      items.splice(first.value, 0, positional[1]);
    else if (name === 'pop') return items.pop() ?? unknown;
    return none;
  }

  private moduleMethod(
    node: SyntaxNode,
    of: Extract<Value, { kind: 'module' }>,
    name: string,
    call: CallArguments,
    _scope: Scope,
  ): Value {
    const { module } = of;
    if (module.type === 'user') {
      const method = lookUp(module.definition, name);
      if (method?.kind === 'function') return this.callFunction(method, call, of);
      if (name === 'add_module' || name === 'register_module') {
        const [key, child] = call.positional;
        if (key?.kind === 'string' && child) {
          module.attributes.set(key.value, child);
          this.own(child);
        }
        return none;
      }
    }
    if (name === 'append' && module.type === 'sequence' && call.positional[0]) {
      module.children.push(call.positional[0]);
      this.own(call.positional[0]);
      return of;
    }
    if (name === 'add_module' && module.type === 'sequence' && call.positional[1]) {
      module.children.push(call.positional[1]);
      this.own(call.positional[1]);
      return none;
    }
    if (name === 'forward' || name === '__call__') return this.apply(node, module, call);
    if (['to', 'cuda', 'cpu', 'train', 'eval', 'double', 'float', 'apply', 'parameters'].includes(name))
      return of;
    return unknown;
  }

  private superMethod(
    { self, definition }: Extract<Value, { kind: 'super' }>,
    name: string,
    call: CallArguments,
  ): Value {
    for (const base of definition.bases) {
      if (base.kind === 'class') {
        const method = lookUp(base, name);
        if (method?.kind === 'function')
          return this.callFunction(method, call, { kind: 'module', module: self });
      } else if (
        base.kind === 'path' &&
        normalised(base.path) === 'torch.nn.Sequential' &&
        name === '__init__'
      ) {
        const children = this.childrenOf(call);
        for (const child of children) this.own(child);
        self.attributes.set('children()', list(children));
      }
    }
    return none;
  }

  private tensorMethod(node: SyntaxNode, tensor: TensorNode, name: string, call: CallArguments): Value {
    const place = this.place(node);
    const same: Value = { kind: 'tensor', node: tensor };
    if (harmless.has(name)) return same;
    if (name === 'size') {
      const [axis] = call.positional;
      return axis?.kind === 'number' ? { kind: 'length', axis: axis.value } : { kind: 'shape' };
    }
    if (name === 'view' || name === 'reshape') {
      const sizes = call.positional.flatMap((value) => (value.kind === 'list' ? value.items : [value]));
      return this.reshaped(node, tensor, sizes);
    }
    if (name === 'mean') return this.mean(node, same, call.positional[0] ?? call.named.get('dim'));
    if (name === 'add' || name === 'add_') {
      const [other] = call.positional;
      if (other?.kind === 'tensor') return this.sum(node, tensor, other.node);
    }
    const entry = methodTable[name];
    if (entry)
      return this.after(
        tensor,
        entry.steps(bind(`x.${name}`, entry.signature, call), `x.${name}`),
        place,
        null,
      );
    if (this.mode !== 'forward') return unknown;
    throw new NotUnderstood('operation-unknown', { what: `x.${name}` });
  }

  /** `view(batch, -1)`, `view(-1, 320)`: one row an image. Any other shape is no layer. */
  private reshaped(node: SyntaxNode, tensor: TensorNode, sizes: readonly Value[]): Value {
    const [rows, features] = sizes;
    const batch =
      (rows?.kind === 'length' && rows.axis === 0) ||
      rows?.kind === 'unknown' ||
      (rows?.kind === 'number' && rows.value === -1);
    if (sizes.length !== 2 || !batch || !features)
      throw new NotUnderstood('reshape', { sizes: this.source.of(node).replace(/\s+/g, ' ') });
    const known = features.kind === 'number' && features.value > 0;
    if (rows.kind === 'number' && !known)
      throw new NotUnderstood('reshape', { sizes: this.source.of(node).replace(/\s+/g, ' ') });
    const step: Step = known ? { kind: 'flatten', features: features.value } : { kind: 'flatten' };
    return this.after(tensor, [step], this.place(node), null);
  }

  private mean(node: SyntaxNode, of: Value | undefined, dim: Value | undefined): Value {
    if (of?.kind !== 'tensor') return unknown;
    const axes =
      dim?.kind === 'list' ? dim.items.map((item) => (item.kind === 'number' ? item.value : NaN)) : [];
    const sorted = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
    if (sorted.join() !== '2,3') throw new NotUnderstood('operation-unknown', { what: 'mean' });
    return this.after(of.node, [{ kind: 'mean' }], this.place(node), null);
  }

  // ---- functions

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

  private bindParameters(
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

  private builtin(node: SyntaxNode, name: string, call: CallArguments, scope: Scope): Value {
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

  /** The net on an input of which nothing is known yet. */
  follow(module: Module): Value {
    this.mode = 'forward';
    const input: TensorNode = { from: null, step: null, plus: null, place: module.place, module: null };
    try {
      return this.callModule(null, module, { kind: 'tensor', node: input });
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.findings.add('error', error.code, module.place, error.parameters);
      return unknown;
    }
  }

  makeDefault(definition: ClassValue): Module | null {
    const value = this.construct(null, definition, noArguments);
    return value.kind === 'module' ? value.module : null;
  }
}

/** A member of a class or of what it is made from. */
export function lookUp(definition: ClassValue, name: string): Value | undefined {
  const own = definition.members.get(name);
  if (own) return own;
  for (const base of definition.bases) {
    const found = base.kind === 'class' ? lookUp(base, name) : undefined;
    if (found) return found;
  }
  return undefined;
}

export function isModule(definition: ClassValue): boolean {
  return definition.bases.some(
    (base) =>
      (base.kind === 'class' && isModule(base)) ||
      (base.kind === 'path' && /^torch\.nn\.(Module|Sequential)$/.test(normalised(base.path))),
  );
}

function extendsSequential(definition: ClassValue): boolean {
  return definition.bases.some(
    (base) =>
      (base.kind === 'class' && extendsSequential(base)) ||
      (base.kind === 'path' && normalised(base.path) === 'torch.nn.Sequential'),
  );
}

/** One name for what torch offers under several, and for scripts that leave out their imports. */
export function normalised(path: string): string {
  const full = path
    .replace(/^builtins\.nn\./, 'torch.nn.')
    .replace(/^builtins\.F\./, 'torch.nn.functional.')
    .replace(
      /^builtins\.(torch|torchvision|transforms|datasets|optim)\./,
      (_, name: string) =>
        ({
          torch: 'torch.',
          torchvision: 'torchvision.',
          transforms: 'torchvision.transforms.',
          datasets: 'torchvision.datasets.',
          optim: 'torch.optim.',
        })[name] as string,
    );
  return full
    .replace(/^torch\.nn\.modules\.\w+\./, 'torch.nn.')
    .replace(/^torchvision\.transforms\.(v2|transforms)\./, 'torchvision.transforms.')
    .replace(/^torch\.utils\.data\.(dataloader|dataset)\./, 'torch.utils.data.');
}

/** `F.relu`, `torch.cat`: as scripts write it. */
function shortName(path: string): string {
  return path
    .replace(/^torch\.nn\.functional\./, 'F.')
    .replace(/^torch\.nn\./, 'nn.')
    .replace(/^builtins\./, '');
}
