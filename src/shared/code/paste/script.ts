/** A whole script: its lines one after another, and functions that no line calls. */
import type { SyntaxNode, Tree } from '@lezer/common';
import type { Findings } from './findings.ts';
import { callFunction } from './python/functions.ts';
import { children } from './python/syntax.ts';
import { type Reading, run } from './reading.ts';
import type { Source } from './text/source.ts';
import { readLightning } from './training/wrappers.ts';
import { type ClassValue, Scope, noArguments } from './values.ts';

const mostSyntaxFindings = 5;

export function syntaxFindings(source: Source, findings: Findings, tree: Tree): void {
  const rows = new Set<number>();
  tree.iterate({
    enter(node) {
      if (!node.type.isError || rows.size >= mostSyntaxFindings) return;
      const row = source.row(Math.min(node.from, Math.max(0, source.text.length - 1)));
      if (rows.has(row)) return;
      rows.add(row);
      findings.add('mistake', 'syntax', source.placeOfRow(row));
    },
  });
}

export function runScript(reading: Reading, top: SyntaxNode): void {
  const { globals } = reading;
  run(reading, children(top), globals);
  methodsWithoutClass(reading);
  for (const value of globals.names.values()) readLightning(reading, value);
  // A function that no line of the script calls may still contain its training, `main` above all.
  const uncalled = reading.functions.filter(({ owner }) => owner === null);
  for (const each of uncalled.toSorted((a, b) => Number(b.name === 'main') - Number(a.name === 'main'))) {
    if (reading.script.trainings.length > 0 && each.name !== 'main') break;
    if (!reading.called.has(each)) callFunction(reading, each, noArguments);
  }
}

/** Reads the methods of a net whose `class` line was not copied. */
function methodsWithoutClass({ globals, classes, functions }: Reading): void {
  const initial = globals.names.get('__init__');
  const forward = globals.names.get('forward');
  if (initial?.kind !== 'function' || forward?.kind !== 'function') return;
  const members = new Map(globals.names);
  const definition: ClassValue = {
    kind: 'class',
    name: 'Net',
    bases: [{ kind: 'path', path: 'torch.nn.Module' }],
    members,
    fields: [],
    dataclass: false,
    place: { cell: null, line: 1, text: 'def __init__' },
  };
  for (const each of functions.filter(({ owner, scope }) => owner === null && scope === globals)) {
    const method = { ...each, owner: definition, scope: new Scope(globals) };
    members.set(each.name, method);
    functions[functions.indexOf(each)] = method;
  }
  classes.push(definition);
}
