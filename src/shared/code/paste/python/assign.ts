/** Assignments to names, to several at once, to attributes and to items. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, evaluate, place } from '../reading.ts';
import { type Module, type Scope, type Value, unknown } from '../values.ts';
import { itemsOf } from './items.ts';
import { textOfValue } from './operators.ts';
import { children, inner } from './syntax.ts';

/** Assigns `a = …`, or `a, *b = …` if there are several targets. */
export function assign(reading: Reading, targets: readonly SyntaxNode[], value: Value, scope: Scope): void {
  const [only] = targets;
  if (!only) return;
  if (targets.length === 1 && only.name !== '*') assignTo(reading, only, value, scope);
  else unpack(reading, targets, value, scope);
}

function unpack(reading: Reading, targets: readonly SyntaxNode[], value: Value, scope: Scope): void {
  const items = itemsOf(reading, value);
  const star = targets.findIndex(({ name }) => name === '*');
  if (star < 0) {
    targets.forEach((target, i) => assignTo(reading, target, items?.[i] ?? partOf(value, i), scope));
    return;
  }
  const named = targets.filter(({ name }) => name !== '*');
  const after = named.length - star - 1;
  named.forEach((target, i) => {
    const part =
      items === null
        ? unknown
        : i < star
          ? items[i]
          : i === star
            ? ({ kind: 'list', items: items.slice(star, items.length - after) } as const)
            : items[items.length - (named.length - i)];
    assignTo(reading, target, part ?? unknown, scope);
  });
}

/** If the sizes of a split are unknown, each of its parts counts as a part of the data set. */
const partOf = (value: Value, i: number): Value => (value.kind === 'dataset' && i === 0 ? value : unknown);

function assignTo(reading: Reading, target: SyntaxNode, value: Value, scope: Scope): void {
  switch (target.name) {
    case 'VariableName':
      name(value, reading.source.of(target));
      scope.set(reading.source.of(target), value);
      return;
    case 'TupleExpression':
    case 'ArrayExpression':
    case 'ParenthesizedExpression':
      assign(reading, inner(target), value, scope);
      return;
    case 'MemberExpression':
      assignMember(reading, target, value, scope);
      return;
    default:
  }
}

/** Names a value: a named module may be the net, and a loader's name tells its purpose. */
function name(value: Value, variable: string): void {
  if (value.kind === 'module') value.module.named = true;
  if (value.kind === 'loader') value.loader.variable ??= variable;
  if (value.kind === 'list')
    for (const item of value.items) if (item.kind === 'module') item.module.named = true;
}

function assignMember(reading: Reading, target: SyntaxNode, value: Value, scope: Scope): void {
  const [object, mark, property] = children(target);
  if (!object || !property) return;
  const owner = evaluate(reading, object, scope);
  if (mark?.name === '.') {
    setAttribute(owner, reading.source.of(property), value);
    if (reading.source.of(property) === 'requires_grad' && value.kind === 'boolean' && !value.value)
      reading.findings.add('warning', 'frozen', place(reading, target));
    if (reading.source.of(property) === 'data' && owner.kind === 'parameter')
      reading.findings.add('error', 'init-unsupported', place(reading, target), {
        what: reading.source.of(target),
      });
    return;
  }
  const key = evaluate(reading, property, scope);
  const text = textOfValue(key);
  if (owner.kind === 'dict' && text !== null) owner.entries.set(text, value);
  else if (owner.kind === 'list' && key.kind === 'number' && key.value < owner.items.length)
    owner.items.splice(key.value, 1, value);
  else if (owner.kind === 'module' && owner.module.type === 'sequence' && text !== null)
    setChild(owner.module, key.kind === 'number' ? at(owner.module.children.length, key.value) : text, value);
  else if (/^(['"])(lr|momentum|weight_decay)\1$/.test(reading.source.of(property)))
    reading.findings.add('error', 'rate-by-hand', place(reading, target));
}

const at = (length: number, index: number) => String(index < 0 ? length + index : index);

export function setChild(module: Extract<Module, { type: 'sequence' }>, key: string, value: Value): void {
  own(value, module);
  const found = module.children.findIndex((child) => child.key === key);
  if (found >= 0) module.children.splice(found, 1, { key, value });
  else module.children.push({ key, value });
}

export function setAttribute(owner: Value, attribute: string, value: Value): void {
  if (owner.kind === 'instance') {
    name(value, attribute);
    owner.instance.attributes.set(attribute, value);
  } else if (owner.kind === 'module' && owner.module.type === 'user') {
    owner.module.attributes.set(attribute, value);
    if (value.kind === 'loader') name(value, attribute);
    own(value, owner.module);
  } else if (owner.kind === 'module' && owner.module.type === 'sequence')
    setChild(owner.module, attribute, value);
  else if (owner.kind === 'class') (owner.members as Map<string, Value>).set(attribute, value);
}

/** Records the owner of a module: a module that is part of another is not the net itself. */
export function own(value: Value, owner: Module): void {
  if (value.kind === 'module' && value.module !== owner) value.module.owner ??= owner;
  if (value.kind === 'list') for (const item of value.items) own(item, owner);
  if (value.kind === 'dict') for (const item of value.entries.values()) own(item, owner);
}
