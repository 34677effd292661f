/** Queries of @lezer/python's tree. */
import type { SyntaxNode } from '@lezer/common';

export function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== 'Comment' && !child.type.isError) all.push(child);
  }
  return all;
}

const marks = new Set(['(', ')', '[', ']', '{', '}', ',']);

/** Returns the children without brackets and commas. */
export const inner = (node: SyntaxNode): SyntaxNode[] =>
  children(node).filter(({ name }) => !marks.has(name));

/** Returns the inside of a string literal; null if it holds bytes. */
export function stringOf(literal: string): string | null {
  const match = /^([a-zA-Z]*)("""|'''|"|')([\s\S]*)\2$/.exec(literal);
  if (!match || /b/i.test(match[1] ?? '')) return null;
  const text = match[3] ?? '';
  return /r/i.test(match[1] ?? '')
    ? text
    : text.replace(/\\(['"\\nt])/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
}

export function numberLiteral(text: string): number | null {
  const value = Number(text.replaceAll('_', ''));
  return Number.isNaN(value) ? null : value;
}

/** Returns the names that are assigned anywhere within. */
export function assignedNames(node: SyntaxNode, textOf: (node: SyntaxNode) => string): Set<string> {
  const names = new Set<string>();
  const visit = (each: SyntaxNode) => {
    if (each.name === 'AssignStatement' || each.name === 'UpdateStatement') {
      for (const part of children(each)) {
        if (part.name === 'AssignOp' || part.name === 'UpdateOp') break;
        for (const target of part.name === 'TupleExpression' ? inner(part) : [part])
          if (target.name === 'VariableName') names.add(textOf(target));
      }
    }
    if (each.name === 'FunctionDefinition' || each.name === 'ClassDefinition') return;
    for (const child of children(each)) visit(child);
  };
  visit(node);
  return names;
}
