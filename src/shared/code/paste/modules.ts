/** Torch's modules: made, put into one another, and called. */
import type { SyntaxNode } from '@lezer/common';
import { Functions } from './functions.ts';
import { lookUp, extendsSequential, normalised } from './names.ts';
import { type CallArguments, bind, moduleTable } from './torchLayers.ts';
import type { Scope } from './values.ts';
import {
  type ClassValue,
  type LayerModule,
  type Module,
  type Place,
  type Step,
  type TensorNode,
  type UserModule,
  type Value,
  NotUnderstood,
  list,
  none,
  unknown,
} from './values.ts';

const noArguments: CallArguments = { positional: [], named: new Map() };

export abstract class Modules extends Functions {
  /** Modules in the order in which they were made by the script itself. */
  readonly made: { readonly module: Module; readonly place: Place }[] = [];

  protected drawn = 0;

  /** A module that is part of another is not the net itself. */
  protected own(value: Value): void {
    if (value.kind === 'module') value.module.owned = true;
    if (value.kind === 'list') for (const item of value.items) this.own(item);
  }

  protected torchModule(node: SyntaxNode, path: string, call: CallArguments): Value {
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
  protected foreign(
    name: string,
    place: Place,
    reason: { code: string; parameters: Readonly<Record<string, string | number>> },
  ): Value {
    return { kind: 'module', module: { type: 'foreign', name, reason, place, owned: false } };
  }

  /** Modules given one by one, as a list, or as an OrderedDict's pairs. */
  protected childrenOf({ positional }: CallArguments): Value[] {
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

  protected apply(node: SyntaxNode | null, module: Module, call: CallArguments): Value {
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

  protected after(from: TensorNode, steps: readonly Step[], place: Place, module: LayerModule | null): Value {
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

  protected moduleMethod(
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

  protected superMethod(
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
