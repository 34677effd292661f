/** Assembles the reader: the meaning of each kind of syntax, of callee and of object. */
import type { SyntaxNode } from '@lezer/common';
import type { Findings } from './findings.ts';
import {
  extendsSequential,
  isModule,
  lookUp,
  makeInstance,
  memberOfInstance,
  superMethod,
} from './python/classes.ts';
import { expressions } from './python/expressions.ts';
import { callFunction, isProperty } from './python/functions.ts';
import { dictMethod, listMethod, stringMethod } from './python/methods.ts';
import { statements } from './python/statements.ts';
import { type PythonLanguage, type Reading, deepestCall, place } from './reading.ts';
import { apply, construct, extendSequence, memberOfModule } from './torch/modules.ts';
import { moduleMethod } from './torch/moduleMethods.ts';
import { callPath } from './torch/paths.ts';
import { lost, tensorMember, tensorMethod, tensorOperator } from './torch/tensors.ts';
import { parserMethod } from './training/argparse.ts';
import { criterionCalled, optimizerMethod, schedulerMethod } from './training/calls.ts';
import { consume, createScript } from './training/script.ts';
import { takeStep } from './training/trainings.ts';
import { readLightning } from './training/wrappers.ts';
import type { Source } from './text/source.ts';
import {
  type CallArguments,
  NotUnderstood,
  Scope,
  type Value,
  none,
  noArguments,
  tuple,
  unknown,
} from './values.ts';

function member(reading: Reading, node: SyntaxNode, of: Value, name: string): Value {
  switch (of.kind) {
    case 'path':
      return { kind: 'path', path: `${of.path}.${name}` };
    case 'module': {
      const value = memberOfModule(of, of.module, name);
      return property(reading, value, of);
    }
    case 'instance':
      return property(reading, memberOfInstance(of, of.instance, name), of);
    case 'tensor':
      return tensorMember(reading, of, name);
    case 'class':
      return name === '__name__' ? { kind: 'string', value: of.name } : (lookUp(of, name) ?? unknown);
    case 'method':
      // Evaluates `module.__class__.__name__`.
      if (of.name === '__class__' && name === '__name__' && of.of.kind === 'module') {
        const { module } = of.of;
        return { kind: 'string', value: module.type === 'user' ? module.definition.name : module.torchName };
      }
      return unknown;
    case 'parameter':
      return name === 'data' ? of : { kind: 'method', of, name };
    case 'loader':
      return name === 'dataset' && of.loader.dataset
        ? { kind: 'dataset', dataset: of.loader.dataset }
        : { kind: 'method', of, name };
    case 'string':
      // A device's `type` is its name, here always `cpu`.
      return name === 'type' && of.value === 'cpu' ? of : { kind: 'method', of, name };
    case 'super':
    case 'list':
    case 'dict':
    case 'optimizer':
    case 'scheduler':
    case 'unknown':
    case 'criterion':
      return { kind: 'method', of, name };
    default:
      void node;
      return unknown;
  }
}

/** Calls a method that is marked as a property when it is accessed. */
function property(reading: Reading, value: Value, of: Value): Value {
  if (value.kind !== 'method') return value;
  const definition =
    of.kind === 'module' && of.module.type === 'user'
      ? of.module.definition
      : of.kind === 'instance'
        ? of.instance.definition
        : null;
  const method = definition ? lookUp(definition, value.name) : undefined;
  return method?.kind === 'function' && isProperty(method)
    ? callFunction(reading, method, noArguments, of)
    : value;
}

function callMethod(
  reading: Reading,
  node: SyntaxNode,
  { of, name }: Extract<Value, { kind: 'method' }>,
  given: CallArguments,
  scope: Scope,
): Value {
  switch (of.kind) {
    case 'tensor':
      return tensorMethod(reading, node, of.node, name, given);
    case 'super':
      return callSuper(reading, of, name, given, node, scope);
    case 'module':
      return name === '__class__' && of.module.type === 'user'
        ? construct(reading, node, of.module.definition, given)
        : moduleMethod(reading, node, of, name, given, scope);
    case 'instance':
      return instanceMethod(reading, node, of, name, given);
    case 'list':
      return listMethod(reading, of.items, name, given);
    case 'dict':
      return dictMethod(of.entries, name, given);
    case 'string':
      return stringMethod(reading, of.value, name, given);
    case 'optimizer':
      return optimizerMethod(reading, of, name);
    case 'scheduler':
      return schedulerMethod(reading, of, name);
    case 'parameter':
      return parameterMethod(reading, node, of, name);
    default:
      return unknownMethod(reading, node, name, given);
  }
}

/** Reads `m.weight.data.normal_(0, 0.02)`, which sets initial values. */
function parameterMethod(
  reading: Reading,
  node: SyntaxNode,
  of: Extract<Value, { kind: 'parameter' }>,
  name: string,
): Value {
  if (name.endsWith('_') && name !== 'requires_grad_')
    reading.findings.add('error', 'init-unsupported', place(reading, node), { what: `${of.name}.${name}` });
  return unknown;
}

/** Reads `scaler.step(optimizer)` and `accelerator.prepare(model, optimizer, loader)`. */
function unknownMethod(reading: Reading, node: SyntaxNode, name: string, given: CallArguments): Value {
  const [first] = given.positional;
  if (name === 'step' && first?.kind === 'optimizer') {
    takeStep(first.training, reading.script.loops);
    return none;
  }
  if (/^(prepare|setup|setup_dataloaders|setup_module)$/.test(name) && first)
    return given.positional.length === 1 ? first : tuple([...given.positional]);
  return lost(reading, node, given, reading.source.of(node.firstChild ?? node).replace(/\s+/g, ''));
}

function callSuper(
  reading: Reading,
  of: Extract<Value, { kind: 'super' }>,
  name: string,
  given: CallArguments,
  node: SyntaxNode,
  scope: Scope,
): Value {
  const own = superMethod(reading, of, name, given);
  const { self } = of;
  if (self.kind === 'module' && self.module.type === 'user') {
    const above = of.definition.bases.some((base) => base.kind === 'class' && lookUp(base, name));
    if (name === '__init__' && !above && extendsSequential(of.definition)) extendSequence(self.module, given);
    if (name === 'forward' && !above && self.module.sequence)
      return apply(reading, node, self.module.sequence, given);
    if (own === null && !above)
      return moduleMethod(
        reading,
        node,
        {
          kind: 'module',
          module: {
            ...self.module,
            definition: { ...self.module.definition, members: new Map(), bases: [] },
          },
        },
        name,
        given,
        scope,
      );
  }
  return own ?? unknown;
}

function instanceMethod(
  reading: Reading,
  node: SyntaxNode,
  of: Extract<Value, { kind: 'instance' }>,
  name: string,
  given: CallArguments,
): Value {
  const { instance } = of;
  if (instance.type === 'parser') return parserMethod(reading, node, of, instance, name, given);
  if (instance.type === 'trainer' && name === 'fit') {
    const model = given.positional[0] ?? given.named.get('model');
    const loader =
      given.positional[1] ?? given.named.get('train_dataloaders') ?? given.named.get('train_dataloader');
    if (model) readLightning(reading, model);
    if (loader?.kind === 'loader') loader.loader.variable = 'train_dataloaders';
    return none;
  }
  const method = instance.definition ? lookUp(instance.definition, name) : undefined;
  if (method?.kind === 'function') return callFunction(reading, method, given, of);
  if (instance.definition === null && (name === 'get' || name === 'items' || name === 'update'))
    return dictMethod(instance.attributes, name, given);
  return unknownMethod(reading, node, name, given);
}

function dispatch(
  reading: Reading,
  node: SyntaxNode,
  callee: Value,
  given: CallArguments,
  scope: Scope,
): Value {
  switch (callee.kind) {
    case 'path':
      return callPath(reading, node, callee.path, given, scope);
    case 'class':
      return isModule(callee)
        ? construct(reading, node, callee, given)
        : makeInstance(reading, callee, given);
    case 'function':
      return callFunction(reading, callee, given);
    case 'partial': {
      const merged = {
        positional: [...callee.call.positional, ...given.positional],
        named: new Map([...callee.call.named, ...given.named]),
      };
      return dispatch(reading, node, callee.of, merged, scope);
    }
    case 'module':
      if (reading.trace) consume(reading, callee);
      return apply(reading, node, callee.module, given);
    case 'method':
      return callMethod(reading, node, callee, given, scope);
    case 'criterion':
      return criterionCalled(reading, node, callee, given);
    case 'instance':
      return instanceMethod(reading, node, callee, '__call__', given);
    default:
      return lost(reading, node, given, reading.source.of(node.firstChild ?? node).replace(/\s+/g, ''));
  }
}

function call(reading: Reading, node: SyntaxNode, callee: Value, given: CallArguments, scope: Scope): Value {
  if (reading.depth > deepestCall) return unknown;
  reading.depth += 1;
  try {
    return dispatch(reading, node, callee, given, scope);
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    if (!reading.trace) return unknown;
    reading.findings.add('error', error.code, place(reading, node), error.parameters);
    if (['reshape', 'operation-unknown', 'linear-on-map', 'argument-unreadable'].includes(error.code))
      reading.trace.sizesKnown = false;
    // The rest is read as if this call were absent.
    if (callee.kind === 'method' && callee.of.kind === 'tensor') return callee.of;
    return given.positional.find((value) => value.kind === 'tensor') ?? unknown;
  } finally {
    reading.depth -= 1;
  }
}

const language: PythonLanguage = { expressions, statements, call, member, tensorOperator };

export function createReading(source: Source, findings: Findings): Reading {
  return {
    source,
    language,
    script: createScript(),
    findings,
    mode: 'script',
    trace: null,
    starred: [],
    globals: new Scope(null),
    functions: [],
    classes: [],
    called: new Set(),
    active: new Map(),
    made: [],
    instantiated: new Set(),
    drawn: 0,
    created: 0,
    withoutGradient: 0,
    depth: 0,
    spent: 0,
  };
}
