/** Classes: their bases, their members, and objects of those that are not modules. */
import type { Reading } from '../reading.ts';
import { type CallArguments, type ClassValue, type Instance, type Value, none, unknown } from '../values.ts';
import { callFunction } from './functions.ts';
import { normalised } from '../names.ts';

/** Returns a member of a class or of its bases. */
export function lookUp(definition: ClassValue, name: string): Value | undefined {
  const own = definition.members.get(name);
  if (own) return own;
  for (const base of definition.bases) {
    const found = base.kind === 'class' ? lookUp(base, name) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Returns the class and its base classes in the script. */
export function lineage(definition: ClassValue): ClassValue[] {
  return [definition, ...definition.bases.flatMap((base) => (base.kind === 'class' ? lineage(base) : []))];
}

/** Returns the names of a class's bases from packages. */
export function foreignBases(definition: ClassValue): string[] {
  return lineage(definition).flatMap(({ bases }) =>
    bases.flatMap((base) => (base.kind === 'path' ? [normalised(base.path)] : [])),
  );
}

const isLightningBase = (path: string) => /(^|\.)LightningModule$/.test(path);

export const isLightning = (definition: ClassValue) => foreignBases(definition).some(isLightningBase);

export const extendsSequential = (definition: ClassValue) =>
  foreignBases(definition).includes('torch.nn.Sequential');

/** Returns whether the class is a module; one whose base is not in the code is a module if it has a `forward`. */
export function isModule(definition: ClassValue): boolean {
  const bases = foreignBases(definition);
  return (
    bases.some((path) => /^torch\.nn\.\w+$/.test(path) || isLightningBase(path)) ||
    (bases.length > 0 &&
      lookUp(definition, 'forward')?.kind === 'function' &&
      lookUp(definition, '__init__') !== undefined)
  );
}

/** Makes an object of a class that is no module: settings, a trainer, a data set. */
export function makeInstance(reading: Reading, definition: ClassValue, call: CallArguments): Value {
  const instance: Instance = { definition, type: 'object', attributes: new Map() };
  const value: Value = { kind: 'instance', instance };
  const initial = lookUp(definition, '__init__');
  if (initial?.kind === 'function') callFunction(reading, initial, call, value);
  else fillFields(definition, instance, call);
  const after = lookUp(definition, '__post_init__');
  if (after?.kind === 'function') callFunction(reading, after, { positional: [], named: new Map() }, value);
  return value;
}

/** Fills a dataclass's or a named tuple's fields, by position and by name. */
function fillFields(
  definition: ClassValue,
  { attributes }: Instance,
  { positional, named }: CallArguments,
): void {
  const fields = lineage(definition)
    .reverse()
    .flatMap((each) => each.fields);
  [...new Set(fields)].forEach((field, i) => {
    const value = positional[i] ?? named.get(field) ?? lookUp(definition, field);
    if (value) attributes.set(field, value);
  });
  for (const [name, value] of named) attributes.set(name, value);
}

export function superMethod(
  reading: Reading,
  { self, definition }: Extract<Value, { kind: 'super' }>,
  name: string,
  call: CallArguments,
): Value | null {
  for (const base of definition.bases) {
    const method = base.kind === 'class' ? lookUp(base, name) : undefined;
    if (method?.kind === 'function') return callFunction(reading, method, call, self);
  }
  return name === '__init__' ? none : null;
}

export const memberOfInstance = (of: Value, instance: Instance, name: string): Value => {
  const own = instance.attributes.get(name);
  if (own) return own;
  const found = instance.definition ? lookUp(instance.definition, name) : undefined;
  if (found?.kind === 'function') return { kind: 'method', of, name };
  if (found) return found;
  if (name === '__dict__') return { kind: 'dict', entries: instance.attributes };
  return instance.definition ? unknown : { kind: 'method', of, name };
};
