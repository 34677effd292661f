/** Terms that a script adds to the loss, such as a penalty on the weights: Stride trains with the loss alone. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, place } from '../reading.ts';
import { children } from '../python/syntax.ts';

const factor = /^[*/]$/;
const term = /^[+-]$/;

/** `node` is the call of the loss that gradients are computed from. */
export function noteTerms(reading: Reading, node: SyntaxNode): void {
  if (reading.mode !== 'script') return;
  const { source } = reading;
  let around = node.parent;
  const operator = (of: SyntaxNode) => source.of(children(of)[1] ?? of);
  const wraps = (of: SyntaxNode) =>
    of.name === 'ParenthesizedExpression' || (of.name === 'BinaryExpression' && factor.test(operator(of)));
  while (around && wraps(around)) around = around.parent;
  if (!around) return;
  if (around.name === 'BinaryExpression' && term.test(operator(around))) {
    if (!sums(reading, around)) add(reading, around);
    return;
  }
  if (around.name !== 'AssignStatement') return;
  const [target] = children(around);
  if (target?.name !== 'VariableName') return;
  const name = source.of(target);
  const body = source.of(around.parent ?? around);
  const added = new RegExp(`^[ \\t]*${name}[ \\t]*(\\+=|=[ \\t]*${name}[ \\t]*\\+)`, 'm').test(body);
  if (added) add(reading, around);
}

/** Recognises `total = total + loss`, a sum for printing or over several batches. */
function sums(reading: Reading, expression: SyntaxNode): boolean {
  let statement: SyntaxNode | null = expression;
  while (statement && !statement.name.endsWith('Statement')) statement = statement.parent;
  const [target] = statement ? children(statement) : [];
  if (!target || statement?.name !== 'AssignStatement') return statement?.name === 'UpdateStatement';
  const name = reading.source.of(target);
  return children(expression).some((part) => reading.source.of(part) === name);
}

function add(reading: Reading, node: SyntaxNode): void {
  reading.findings.add('error', 'loss-terms', place(reading, node));
}
