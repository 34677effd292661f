/**
 * Loops. In `forward` and where layers are made, every pass is followed. In a script, a loop that trains is followed
 * once, and counts as the training's epochs or batches; others are followed, unless they are long.
 */
import type { SyntaxNode } from '@lezer/common';
import { type Ending, type Reading, type StatementReader, evaluate, place, run } from '../reading.ts';
import type { Loop } from '../training/trainings.ts';
import { type ClassValue, type Scope, type Value, truth, unknown } from '../values.ts';
import { assign } from './assign.ts';
import { itemsOf, rangeLength } from './items.ts';
import { assignedNames, children } from './syntax.ts';

/** A script's loop with more passes is followed once. */
const mostPasses = 256;

interface Parts {
  readonly node: SyntaxNode;
  readonly targets: readonly SyntaxNode[];
  readonly body: SyntaxNode;
  readonly values: Value;
}

export const forLoop: StatementReader = (reading, node, scope, owner) => {
  const parts = children(node);
  const at = parts.findIndex((part) => part.name === 'in');
  const start = parts.findIndex((part) => part.name === 'for');
  const targets = parts.slice(start + 1, at).filter((part) => part.name !== ',');
  const iterated = parts.slice(at + 1).find(({ name }) => name !== 'Body');
  const bodies = parts.filter((part) => part.name === 'Body');
  const [body, otherwise] = bodies;
  if (!iterated || !body) return undefined;
  const values = evaluate(reading, iterated, scope);
  const loop = { node, targets, body, values };
  const ending =
    reading.mode === 'script'
      ? scriptLoop(reading, loop, iterated, scope, owner)
      : eachPass(reading, loop, scope, owner);
  if (ending === 'break') return undefined;
  if (ending !== undefined) return ending;
  return otherwise ? run(reading, children(otherwise), scope, owner) : undefined;
};

function eachPass(
  reading: Reading,
  { node, targets, body, values }: Parts,
  scope: Scope,
  owner: ClassValue | null,
): Ending {
  const items = itemsOf(reading, values);
  if (!items) {
    reading.findings.add('error', 'loop-unknown', place(reading, node));
    return undefined;
  }
  for (const item of [...items]) {
    assign(reading, targets, item, scope);
    const ending = run(reading, children(body), scope, owner);
    if (ending === 'break') return ending;
    if (ending !== undefined && ending !== 'continue') return ending;
  }
  return undefined;
}

const speaksOfEpochs = /epoch|^ep$|轮/i;

function loopOf(reading: Reading, { node, targets, values }: Parts, iterated: SyntaxNode): Loop {
  const names = targets.map((target) => reading.source.of(target)).join();
  const where = { ...place(reading, node), text: lineOf(reading, node) };
  const base = {
    place: where,
    origin: values.origin,
    stepped: false,
    mayEnd: null,
    named: false,
    loader: null,
    slice: null,
  };
  if (values.kind === 'loader') return { ...base, kind: 'loader', count: null, loader: values.loader };
  if (values.kind === 'range') {
    const named = speaksOfEpochs.test(names) || speaksOfEpochs.test(reading.source.of(iterated));
    const count = rangeLength(values);
    if (!named && values.step > 1) return { ...base, kind: 'slices', count, slice: values.step };
    return { ...base, kind: 'range', count, named };
  }
  const named = values.kind === 'unknown' && speaksOfEpochs.test(names);
  const count = itemsOf(reading, values)?.length ?? null;
  // An unknown iterable is usually data.
  return { ...base, kind: named ? 'range' : count === null ? 'loader' : 'other', count, named };
}

const lineOf = (reading: Reading, node: SyntaxNode) =>
  reading.source.placeOfRow(reading.source.row(node.from)).text;

function scriptLoop(
  reading: Reading,
  parts: Parts,
  iterated: SyntaxNode,
  scope: Scope,
  owner: ClassValue | null,
): Ending {
  const { script } = reading;
  const loop = loopOf(reading, parts, iterated);
  const items =
    loop.named || loop.kind === 'loader' || loop.kind === 'slices' ? null : itemsOf(reading, parts.values);
  const latest = script.trainings.at(-1);
  const epochsBefore = latest?.epochs.length ?? 0;
  script.loops.push(loop);
  try {
    if (!items || items.length > mostPasses) {
      const before = reading.created;
      const ending = oncePass(reading, parts, scope, owner);
      // Every other pass would have made more modules.
      if (reading.created > before && !loop.stepped && !loop.named && !loop.loader)
        reading.findings.add('error', 'loop-unknown', loop.place);
      return typeof ending === 'object' ? ending : undefined;
    }
    for (const item of [...items]) {
      assign(reading, parts.targets, item, scope);
      const ending = run(reading, children(parts.body), scope, owner);
      if (ending === 'break' || (typeof ending === 'object' && ending)) return ending;
      // The other passes of a range would be the same training; those over a list, of phases or rates, may differ.
      if (loop.stepped && loop.kind === 'range') {
        forget(reading, parts, scope);
        break;
      }
    }
    return undefined;
  } finally {
    script.loops.pop();
    if (loop.mayEnd && loop.stepped) reading.findings.add('warning', 'loop-may-end', loop.mayEnd);
    if (loop.named && !loop.stepped) looseEpochs(reading, loop, latest, epochsBefore);
  }
}

/** Assigns epochs without a visible step to the training that was set up before. */
function looseEpochs(
  { script }: Reading,
  { count, place: where, origin }: Loop,
  latest: Reading['script']['trainings'][number] | undefined,
  epochsBefore: number,
): void {
  const epochs = { count, place: where, origin };
  if (latest && latest.epochs.length === epochsBefore && !latest.stepped) latest.epochs.push(epochs);
  else if (!latest) script.looseEpochs.push(epochs);
}

function oncePass(reading: Reading, parts: Parts, scope: Scope, owner: ClassValue | null): Ending {
  assign(reading, parts.targets, unknown, scope);
  const ending = run(reading, children(parts.body), scope, owner);
  forget(reading, parts, scope);
  return ending;
}

/** Numbers and texts that the loop sets are unknown after it, because it was not followed to its end. */
function forget(reading: Reading, { body }: { readonly body: SyntaxNode }, scope: Scope): void {
  for (const name of assignedNames(body, (node) => reading.source.of(node))) {
    const value = scope.names.get(name);
    if (value && ['number', 'boolean', 'string'].includes(value.kind)) scope.names.set(name, unknown);
  }
}

/** Reads `while epoch < 10:` as a loop over epochs if the name says so; any other is followed once. */
export const whileLoop: StatementReader = (reading, node, scope, owner) => {
  const parts = children(node);
  const condition = parts[1];
  const body = parts.find((part) => part.name === 'Body');
  if (!condition || !body) return undefined;
  if (reading.mode !== 'script') return followedWhile(reading, node, condition, body, scope, owner);
  const { script } = reading;
  const [left, operator, right] = condition.name === 'BinaryExpression' ? children(condition) : [];
  const named = speaksOfEpochs.test(reading.source.of(condition));
  const a = left ? evaluate(reading, left, scope) : unknown;
  const b = right ? evaluate(reading, right, scope) : unknown;
  const sign = operator ? reading.source.of(operator) : '';
  const count =
    a.kind === 'number' && b.kind === 'number' && ['<', '<='].includes(sign)
      ? Math.max(0, b.value - a.value + (sign === '<=' ? 1 : 0))
      : null;
  if (truth(evaluate(reading, condition, scope)) === false) return undefined;
  const loop: Loop = {
    kind: 'range',
    count,
    named,
    loader: null,
    slice: null,
    place: { ...place(reading, node), text: lineOf(reading, node) },
    origin: b.origin,
    stepped: false,
    mayEnd: null,
  };
  const latest = script.trainings.at(-1);
  const epochsBefore = latest?.epochs.length ?? 0;
  script.loops.push(loop);
  const ending = run(reading, children(body), scope, owner);
  forget(reading, { body }, scope);
  script.loops.pop();
  if (loop.mayEnd && loop.stepped) reading.findings.add('warning', 'loop-may-end', loop.mayEnd);
  if (named && !loop.stepped) looseEpochs(reading, loop, latest, epochsBefore);
  return typeof ending === 'object' ? ending : undefined;
};

function followedWhile(
  reading: Reading,
  node: SyntaxNode,
  condition: SyntaxNode,
  body: SyntaxNode,
  scope: Scope,
  owner: ClassValue | null,
): Ending {
  for (let pass = 0; pass <= mostPasses; pass += 1) {
    const holds = truth(evaluate(reading, condition, scope));
    if (holds === false) return undefined;
    if (holds === null || pass === mostPasses) break;
    const ending = run(reading, children(body), scope, owner);
    if (ending === 'break') return undefined;
    if (ending !== undefined && ending !== 'continue') return ending;
  }
  reading.findings.add('error', 'loop-unknown', place(reading, node));
  return undefined;
}
