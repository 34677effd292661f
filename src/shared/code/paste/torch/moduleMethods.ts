/** Methods that every module has: its children, its parameters, and moves that have no effect here. */
import type { SyntaxNode } from '@lezer/common';
import { own, setChild } from '../python/assign.ts';
import { lookUp } from '../python/classes.ts';
import { callFunction } from '../python/functions.ts';
import { itemsOf } from '../python/items.ts';
import { type Reading, call as callValue, place } from '../reading.ts';
import {
  type CallArguments,
  type Module,
  type Scope,
  type SequenceModule,
  type Value,
  list,
  none,
  string,
  tuple,
  unknown,
} from '../values.ts';
import { addModule, allModules, apply, childModules } from './modules.ts';

type Of = Extract<Value, { kind: 'module' }>;

const unchanged = new Set(
  'to cuda cpu train eval double float half share_memory requires_grad_ compile type bfloat16'.split(' '),
);

const asValue = (module: Module): Value => ({ kind: 'module', module });

export function moduleMethod(
  reading: Reading,
  node: SyntaxNode,
  of: Of,
  name: string,
  call: CallArguments,
  scope: Scope,
): Value {
  const { module } = of;
  if (module.type === 'user') {
    const method = lookUp(module.definition, name);
    if (method?.kind === 'function') return callFunction(reading, method, call, of);
    if (name === 'save_hyperparameters') return keepHyperparameters(module, call, scope);
  }
  if (module.type === 'sequence') {
    const value = sequenceMethod(reading, of, module, name, call);
    if (value) return value;
  }
  const [first] = call.positional;
  switch (name) {
    case 'forward':
    case '__call__':
      return apply(reading, node, module, call);
    case 'add_module':
    case 'register_module':
    case '__setattr__':
      addModule(module, call.positional);
      return none;
    case 'parameters':
    case 'named_parameters':
      return { kind: 'parameters', modules: [module] };
    case 'children':
      return list(childModules(module).map((child) => asValue(child.module)));
    case 'named_children':
      return list(childModules(module).map((child) => tuple([string(child.key), asValue(child.module)])));
    case 'modules':
      return list(allModules(module).map(asValue));
    case 'named_modules':
      return list(allModules(module).map((each, i) => tuple([string(String(i)), asValue(each)])));
    case 'apply':
      if (first)
        for (const each of allModules(module).reverse())
          callValue(reading, node, first, { positional: [asValue(each)], named: new Map() }, scope);
      return of;
    case 'requires_grad_':
      if (first?.kind === 'boolean' && !first.value)
        reading.findings.add('warning', 'frozen', place(reading, node));
      return of;
    default:
      return unchanged.has(name) ? of : unknown;
  }
}

function sequenceMethod(
  reading: Reading,
  of: Of,
  module: SequenceModule,
  name: string,
  { positional: [first, second] }: CallArguments,
): Value | null {
  switch (name) {
    case 'append':
      if (first) setChild(module, String(module.children.length), first);
      return of;
    case 'extend':
      for (const item of (first && itemsOf(reading, first)) ?? [unknown])
        setChild(module, String(module.children.length), item);
      return of;
    case 'insert':
      if (first?.kind === 'number' && second) {
        own(second, module);
        module.children.splice(first.value, 0, { key: String(first.value), value: second });
      }
      return of;
    case 'keys':
      return list(module.children.map(({ key }) => string(key)));
    case 'values':
      return list(module.children.map(({ value }) => value));
    case 'items':
      return list(module.children.map(({ key, value }) => tuple([string(key), value])));
    default:
      return null;
  }
}

/** Lightning keeps the arguments of `__init__` under `hparams`. */
function keepHyperparameters(module: Module, { positional }: CallArguments, scope: Scope): Value {
  if (module.type !== 'user') return unknown;
  const [given] = positional;
  const attributes =
    given?.kind === 'instance'
      ? given.instance.attributes
      : given?.kind === 'dict'
        ? given.entries
        : new Map([...scope.names].filter(([name]) => name !== 'self' && name !== '__class__'));
  module.attributes.set('hparams', {
    kind: 'instance',
    instance: { definition: null, type: 'namespace', attributes: new Map(attributes) },
  });
  return none;
}
