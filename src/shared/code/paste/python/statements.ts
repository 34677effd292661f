/** Python's statements, one function each; branches and loops have files of their own. */
import type { SyntaxNode } from '@lezer/common';
import { type Reading, type StatementReader, evaluate, run } from '../reading.ts';
import {
  type ClassValue,
  type FunctionValue,
  Scope,
  type Value,
  list,
  none,
  tuple,
  unknown,
} from '../values.ts';
import { assign } from './assign.ts';
import { chooseBranch, matchCase } from './branches.ts';
import { operate } from './expressions.ts';
import { itemsOf } from './items.ts';
import { forLoop, whileLoop } from './loops.ts';
import { children, inner } from './syntax.ts';

const imports: StatementReader = (reading, node, scope) => {
  const words = children(node)
    .map((part) => reading.source.of(part))
    .filter((word) => !['(', ')'].includes(word));
  const at = words.indexOf('import');
  const package_ = words[0] === 'from' ? words.slice(1, at).join('') : '';
  const items = words
    .slice(at + 1)
    .join(' ')
    .split(',');
  for (const item of items) {
    const [name = '', alias] = item.split(' as ').map((word) => word.replaceAll(' ', ''));
    if (name === '*' && package_) reading.starred.push(package_);
    if (name === '' || name === '*') continue;
    if (package_) scope.set(alias ?? name, { kind: 'path', path: `${package_}.${name}` });
    else {
      const path = alias ? name : (name.split('.')[0] as string);
      scope.set(alias ?? path, { kind: 'path', path });
    }
  }
  return undefined;
};

const assignment: StatementReader = (reading, node, scope) => {
  const groups: SyntaxNode[][] = [[]];
  for (const part of children(node)) {
    if (part.name === 'AssignOp') groups.push([]);
    else if (part.name !== ',' && part.name !== 'TypeDef') (groups.at(-1) as SyntaxNode[]).push(part);
  }
  const values = groups.pop() ?? [];
  if (groups.length === 0 || values.length === 0) return undefined;
  const value =
    values.length === 1
      ? evaluate(reading, values[0] as SyntaxNode, scope)
      : tuple(values.map((each) => evaluate(reading, each, scope)));
  for (const targets of groups) assign(reading, targets, value, scope);
  return undefined;
};

const update: StatementReader = (reading, node, scope) => {
  const [target, operator, value] = children(node);
  if (!target || !operator || !value) return undefined;
  const sign = reading.source.of(operator).slice(0, -1);
  const left = evaluate(reading, target, scope);
  const right = evaluate(reading, value, scope);
  // A list is changed in place, also under its other names.
  const more = sign === '+' && left.kind === 'list' && !left.tuple ? itemsOf(reading, right) : null;
  if (more && left.kind === 'list') left.items.push(...more);
  else assign(reading, [target], operate(reading, node, sign, left, right), scope);
  return undefined;
};

const returned: StatementReader = (reading, node, scope) => {
  const values = children(node)
    .slice(1)
    .filter(({ name }) => name !== ',');
  const [first] = values;
  if (!first) return { returned: none };
  if (values.length === 1) return { returned: evaluate(reading, first, scope) };
  return { returned: list(values.map((value) => evaluate(reading, value, scope))) };
};

function defineFunction(
  reading: Reading,
  node: SyntaxNode,
  scope: Scope,
  owner: ClassValue | null,
  decorators: readonly string[] = [],
): void {
  const name = children(node).find((part) => part.name === 'VariableName');
  if (!name) return;
  const value: FunctionValue = {
    kind: 'function',
    name: reading.source.of(name),
    node,
    // The names of a class's body are not visible within its methods.
    scope: owner ? (scope.outer ?? scope) : scope,
    owner,
    decorators,
  };
  scope.set(value.name, value);
  reading.functions.push(value);
}

function defineClass(
  reading: Reading,
  node: SyntaxNode,
  scope: Scope,
  decorators: readonly string[] = [],
): void {
  const parts = children(node);
  const name = parts.find((part) => part.name === 'VariableName');
  const body = parts.find((part) => part.name === 'Body');
  if (!name || !body) return;
  const bases = parts.find((part) => part.name === 'ArgList');
  const within = new Scope(scope);
  const value: ClassValue = {
    kind: 'class',
    name: reading.source.of(name),
    bases: bases ? basesOf(reading, bases, scope) : [],
    members: within.names,
    fields: fieldsOf(reading, body),
    dataclass: decorators.some((decorator) => /\bdataclass\b|attr\.s|attrs|define\b/.test(decorator)),
    place: { ...reading.source.place(node), text: `class ${reading.source.of(name)}` },
  };
  run(reading, children(body), within, value);
  scope.set(value.name, value);
  reading.classes.push(value);
}

function basesOf(reading: Reading, node: SyntaxNode, scope: Scope): Value[] {
  const parts = inner(node);
  return parts.flatMap((part, i) => {
    if (part.name === 'AssignOp' || parts[i + 1]?.name === 'AssignOp' || parts[i - 1]?.name === 'AssignOp')
      return [];
    return [evaluate(reading, part, scope)];
  });
}

/** Returns the names that the class's body gives a type or a value, in order. */
const fieldsOf = (reading: Reading, body: SyntaxNode): string[] =>
  children(body).flatMap((statement) => {
    if (statement.name !== 'AssignStatement') return [];
    const [target, type] = children(statement);
    return target?.name === 'VariableName' && type?.name === 'TypeDef' ? [reading.source.of(target)] : [];
  });

const decorated: StatementReader = (reading, node, scope, owner) => {
  const parts = children(node);
  const decorators = parts.filter(({ name }) => name === 'Decorator').map((part) => reading.source.of(part));
  for (const part of parts) {
    if (part.name === 'FunctionDefinition') defineFunction(reading, part, scope, owner, decorators);
    if (part.name === 'ClassDefinition') defineClass(reading, part, scope, decorators);
  }
  return undefined;
};

const within: StatementReader = (reading, node, scope, owner) => {
  const parts = children(node);
  const body = parts.find((part) => part.name === 'Body');
  const heads = parts.filter((part) => !['with', 'async', 'Body'].includes(part.name));
  const text = heads.map((head) => reading.source.of(head)).join(' ');
  const withoutGradient = /no_grad|inference_mode|set_grad_enabled\(False\)/.test(text);
  heads.forEach((head, i) => {
    if (head.name === 'as' || head.name === ',') return;
    if (heads[i - 1]?.name === 'as') return;
    const value = evaluate(reading, head, scope);
    const target = heads[i + 1]?.name === 'as' ? heads[i + 2] : undefined;
    // `with tqdm(loader) as bar` iterates over the loader.
    if (target)
      assign(reading, [target], value.kind === 'loader' || value.kind === 'range' ? value : unknown, scope);
  });
  reading.withoutGradient += withoutGradient ? 1 : 0;
  const ending = body ? run(reading, children(body), scope, owner) : undefined;
  reading.withoutGradient -= withoutGradient ? 1 : 0;
  return ending;
};

/** Statements within `try` are assumed to succeed. */
const attempt: StatementReader = (reading, node, scope, owner) => {
  let handler = false;
  for (const part of children(node)) {
    if (part.name === 'except') handler = true;
    if (['try', 'else', 'finally'].includes(part.name)) handler = false;
    if (part.name !== 'Body' || handler) continue;
    const ending = run(reading, children(part), scope, owner);
    if (ending !== undefined) return ending;
  }
  return undefined;
};

const outerNames: StatementReader = (reading, node, scope) => {
  const [kind, ...names] = children(node);
  const where = kind?.name === 'nonlocal' && scope.outer ? scope.outer : scope.outermost;
  if (where === scope) return undefined;
  for (const name of names)
    if (name.name === 'VariableName') scope.elsewhere.set(reading.source.of(name), where);
  return undefined;
};

export const statements: Readonly<Record<string, StatementReader | undefined>> = {
  ImportStatement: imports,
  StatementGroup: (reading, node, scope, owner) => run(reading, children(node), scope, owner),
  ExpressionStatement: (reading, node, scope) => {
    for (const part of children(node)) evaluate(reading, part, scope);
    return undefined;
  },
  PrintStatement: (reading, node, scope) => {
    for (const part of children(node).slice(1)) evaluate(reading, part, scope);
    return undefined;
  },
  AssignStatement: assignment,
  UpdateStatement: update,
  ReturnStatement: returned,
  BreakStatement: () => 'break',
  ContinueStatement: () => 'continue',
  FunctionDefinition: (reading, node, scope, owner) => {
    defineFunction(reading, node, scope, owner);
    return undefined;
  },
  ClassDefinition: (reading, node, scope) => {
    defineClass(reading, node, scope);
    return undefined;
  },
  DecoratedStatement: decorated,
  IfStatement: chooseBranch,
  MatchStatement: matchCase,
  ForStatement: forLoop,
  WhileStatement: whileLoop,
  WithStatement: within,
  TryStatement: attempt,
  ScopeStatement: outerNames,
};
