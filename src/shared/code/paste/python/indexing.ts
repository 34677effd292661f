/** Indexing: `a[i]`, `a[1:]`, `x[:, 0]`. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, place } from '../reading.ts';
import { consume } from '../training/script.ts';
import { type Value, string, unknown } from '../values.ts';
import { textOfValue } from './operators.ts';

export function indexed(reading: Reading, node: SyntaxNode, of: Value, index: Value): Value {
  if (of.kind === 'tensor') return entryOf(reading, node, of, index);
  if (index.kind === 'number') {
    if (of.kind === 'list') return of.items.at(index.value) ?? unknown;
    if (of.kind === 'string') return string(of.value.at(index.value) ?? '');
    if (of.kind === 'range') return { kind: 'number', value: of.start + index.value * of.step };
    if (of.kind === 'module' && of.module.type === 'sequence')
      return of.module.children.at(index.value)?.value ?? unknown;
  }
  const key = textOfValue(index);
  if (key === null) return unknown;
  if (of.kind === 'dict') {
    if (index.origin?.kind === 'argparse') consume(reading, index);
    return of.entries.get(key) ?? unknown;
  }
  if (of.kind === 'module' && of.module.type === 'sequence')
    return of.module.children.find((child) => child.key === key)?.value ?? unknown;
  if (of.kind === 'instance') return of.instance.attributes.get(key) ?? unknown;
  return unknown;
}

const bound = (value: Value | undefined): number | undefined | null =>
  value === undefined || value.kind === 'none' ? undefined : value.kind === 'number' ? value.value : null;

/** `axes` has for each axis one index, or start, stop and step, with None for those left out. */
export function sliced(
  reading: Reading,
  node: SyntaxNode,
  of: Value,
  axes: readonly (readonly Value[])[],
): Value {
  if (of.kind === 'tensor') return takenApart(reading, node, of);
  const [start, stop, step] = (axes[0] ?? []).map(bound);
  if (axes.length !== 1 || start === null || stop === null || step === null) return unknown;
  const pick = <T>(items: readonly T[]): T[] => {
    const part = items.slice(step === -1 ? 0 : (start ?? 0), step === -1 ? undefined : stop);
    if (step === -1) return part.reverse();
    return step === undefined || step === 1 ? part : part.filter((_, i) => i % Math.max(1, step) === 0);
  };
  if (of.kind === 'list') return { ...of, items: pick(of.items) };
  if (of.kind === 'string') return string(pick([...of.value]).join(''));
  if (of.kind === 'module' && of.module.type === 'sequence')
    return { kind: 'module', module: { ...of.module, children: pick(of.module.children), owner: of.module } };
  return unknown;
}

/** Returns one entry along the first axis, whose sizes are known; no layer computes a part of a tensor. */
function entryOf(
  reading: Reading,
  node: SyntaxNode,
  of: Extract<Value, { kind: 'tensor' }>,
  index: Value,
): Value {
  if (index.kind !== 'number' || of.node.sizes.length < 2) return takenApart(reading, node, of);
  return { kind: 'tensor', node: { ...of.node, sizes: of.node.sizes.slice(1) } };
}

/** Reports a part of a tensor, which no layer computes. */
function takenApart(reading: Reading, node: SyntaxNode, of: Value): Value {
  if (reading.mode !== 'forward') return unknown;
  const { trace } = reading;
  if (trace) trace.sizesKnown = false;
  reading.findings.add('error', 'operation-unknown', place(reading, node), { what: reading.source.of(node) });
  return of;
}
