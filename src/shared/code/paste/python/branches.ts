/**
 * Branches. If the condition is known, one is followed. If not, all branches of a script are read, so that every
 * training in them is found, and a value that differs between them remembers the condition; a forward pass follows the
 * last one, as if every option were off, and reports it.
 */
import type { SyntaxNode } from '@lezer/common';
import { type Ending, type Reading, type StatementReader, evaluate, place, run } from '../reading.ts';
import { type ClassValue, type Origin, type Scope, type Value, truth } from '../values.ts';
import { equal } from './operators.ts';
import { plain } from '../training/script.ts';
import { assignedNames, children } from './syntax.ts';

interface Branch {
  readonly condition: SyntaxNode | null;
  readonly body: SyntaxNode;
}

function branchesOf(node: SyntaxNode): Branch[] {
  const branches: Branch[] = [];
  let condition: SyntaxNode | null = null;
  for (const part of children(node)) {
    if (part.name === 'Body') branches.push({ condition, body: part });
    else if (part.name === 'else') condition = null;
    else if (!['if', 'elif', ':'].includes(part.name)) condition = part;
  }
  return branches;
}

/** Returns how much of a net or a training has been found so far. */
const events = ({ script, made, drawn, created }: Reading): number =>
  script.trainings.length + script.loaders.length + script.transforms.length + made.length + drawn + created;

export const chooseBranch: StatementReader = (reading, node, scope, owner) => {
  const open: Branch[] = [];
  const asked: Value[] = [];
  for (const branch of branchesOf(node)) {
    const given = branch.condition ? evaluate(reading, branch.condition, scope) : undefined;
    const holds = given ? truth(given) : true;
    if (given) asked.push(given);
    if (holds === false) {
      if (given && branch.condition) endsLater(reading, branch, given);
      continue;
    }
    open.push(branch);
    if (holds === null) continue;
    if (open.length > 1) break;
    const before = events(reading);
    const ending = run(reading, children(branch.body), scope, owner);
    if (events(reading) > before) for (const each of asked) decided(reading, each);
    return ending;
  }
  const [first] = open;
  if (!first) return undefined;
  const condition = first.condition ?? node;
  const origin: Origin = {
    kind: 'condition',
    what: reading.source.of(condition).replace(/\s+/g, ' '),
    place: place(reading, condition),
  };
  const complete = open.at(-1)?.condition === null || truthOf(reading, open.at(-1), scope) === true;
  return reading.mode === 'forward'
    ? followed(reading, open, complete, origin, scope, owner)
    : bothWays(reading, open, complete, origin, scope, owner);
};

/**
 * Notes a branch that the first pass does not take but a later one may: it ends the loop by a condition that the loop
 * itself changes.
 */
function endsLater(reading: Reading, { condition, body }: Branch, given: Value): void {
  const loop = reading.script.loops.at(-1);
  if (reading.mode !== 'script' || !loop || !condition || given.origin?.kind === 'argparse') return;
  if (!leaves(body)) return;
  let around = body.parent;
  while (around && !isLoop(around)) around = around.parent;
  if (!around) return;
  const changed = assignedNames(around, (node) => reading.source.of(node));
  const text = reading.source.of(around);
  const asked = reading.source.of(condition).match(/[A-Za-z_]\w*(?=(\.)?)/g) ?? [];
  // A script's own object may change in any call.
  const called = (name: string) => new RegExp(`\\b${name}(\\.\\w+)?\\(`).test(text);
  const objects = [...reading.source.of(condition).matchAll(/([A-Za-z_]\w*)\.\w/g)].map(
    ([, name]) => name as string,
  );
  if (asked.some((name) => changed.has(name)) || objects.some(called))
    loop.mayEnd ??= place(reading, condition);
}

const isLoop = ({ name }: SyntaxNode) => name === 'ForStatement' || name === 'WhileStatement';

/** Returns whether the node contains a `break` that belongs to no inner loop. */
function leaves(node: SyntaxNode): boolean {
  return children(node).some(
    (part) =>
      part.name === 'BreakStatement' || (!isLoop(part) && part.name !== 'FunctionDefinition' && leaves(part)),
  );
}

const truthOf = (reading: Reading, branch: Branch | undefined, scope: Scope) =>
  branch?.condition ? truth(evaluate(reading, branch.condition, scope)) : true;

/** Records that an option's default decided a part of the net or of its training. */
function decided({ script }: Reading, { origin, ...value }: Value): void {
  if (origin?.kind !== 'argparse') return;
  const text = script.options.get(origin.what) ?? plain(value);
  if (!script.defaults.has(origin.what)) script.defaults.set(origin.what, { text, place: origin.place });
}

function followed(
  reading: Reading,
  branches: readonly Branch[],
  complete: boolean,
  origin: Origin,
  scope: Scope,
  owner: ClassValue | null,
): Ending {
  reading.findings.add('error', 'condition-unknown', origin.place);
  const last = branches.at(-1);
  return complete && last ? run(reading, children(last.body), scope, owner) : undefined;
}

/** Returns every store that a branch can change: names, and the attributes of the script's own objects. */
function stores(scope: Scope): Map<string, Value>[] {
  const self = scope.get('self');
  const attributes =
    self?.kind === 'instance'
      ? [self.instance.attributes]
      : self?.kind === 'module' && self.module.type === 'user'
        ? [self.module.attributes]
        : [];
  return [scope.names, ...attributes];
}

function bothWays(
  reading: Reading,
  branches: readonly Branch[],
  complete: boolean,
  origin: Origin,
  scope: Scope,
  owner: ClassValue | null,
): Ending {
  const places = stores(scope);
  const before = places.map((store) => new Map(store));
  const results: Map<string, Value>[][] = [];
  reading.script.conditions.push(origin);
  for (const { body } of branches) {
    places.forEach((store, i) => restore(store, before[i] ?? new Map()));
    const ending = run(reading, children(body), scope, owner);
    const loop = reading.script.loops.at(-1);
    if (ending === 'break' && loop) loop.mayEnd = origin.place;
    results.push(places.map((store) => new Map(store)));
  }
  reading.script.conditions.pop();
  if (!complete) results.push(before);
  places.forEach((store, i) => {
    const each = results.map((result) => result[i] ?? new Map<string, Value>());
    restore(store, merged(each, origin));
  });
  return undefined;
}

function restore(store: Map<string, Value>, values: ReadonlyMap<string, Value>): void {
  store.clear();
  for (const [name, value] of values) store.set(name, value);
}

/** Keeps the last branch's value, with the condition if another branch's differs. */
function merged(branches: readonly ReadonlyMap<string, Value>[], origin: Origin): Map<string, Value> {
  const result = new Map<string, Value>();
  for (const name of new Set(branches.flatMap((branch) => [...branch.keys()]))) {
    const values = branches.map((branch) => branch.get(name));
    const given = values.filter((value) => value !== undefined);
    const last = given.at(-1) as Value;
    const same = given.every((value) => value === last || equal(value, last) === true);
    result.set(name, same ? last : { ...last, origin: last.origin ?? origin });
  }
  return result;
}

/** Reads `match subject:` with literals; any other pattern is unknown. */
export const matchCase: StatementReader = (reading, node, scope, owner) => {
  const parts = children(node);
  const subject = parts[1] ? evaluate(reading, parts[1], scope) : undefined;
  const clauses = parts.find(({ name }) => name === 'MatchBody');
  if (!subject || !clauses) return undefined;
  const open: Branch[] = [];
  for (const clause of children(clauses).filter(({ name }) => name === 'MatchClause')) {
    const [, pattern, ...rest] = children(clause);
    const body = rest.find(({ name }) => name === 'Body');
    if (!pattern || !body) continue;
    const holds = matches(reading, pattern, subject, scope);
    if (holds === false) continue;
    if (holds && open.length === 0) return run(reading, children(body), scope, owner);
    open.push({ condition: holds ? null : pattern, body });
    if (holds) break;
  }
  if (open.length === 0) return undefined;
  const origin: Origin = {
    kind: 'condition',
    what: reading.source.of(parts[1] as SyntaxNode),
    place: place(reading, parts[1] as SyntaxNode),
  };
  const complete = open.at(-1)?.condition === null;
  return reading.mode === 'forward'
    ? followed(reading, open, complete, origin, scope, owner)
    : bothWays(reading, open, complete, origin, scope, owner);
};

function matches(reading: Reading, pattern: SyntaxNode, subject: Value, scope: Scope): boolean | null {
  if (pattern.name === 'CapturePattern') {
    const name = reading.source.of(pattern);
    if (name !== '_') scope.set(name, subject);
    return true;
  }
  if (pattern.name === 'LiteralPattern') {
    const [literal] = children(pattern);
    return literal ? equal(evaluate(reading, literal, scope), subject) : null;
  }
  if (pattern.name === 'OrPattern') {
    const each = children(pattern)
      .filter(({ name }) => name.endsWith('Pattern'))
      .map((part) => matches(reading, part, subject, scope));
    if (each.includes(true)) return true;
    return each.includes(null) ? null : false;
  }
  return null;
}
