/**
 * Reads Python by running it without running anything: constants are computed, modules are made, `forward` is followed
 * with a tensor that remembers its steps, and whatever is not known stays unknown. In a script everything is gone through
 * once, so that settings are found wherever they are; in `forward` what is not understood is named.
 */
import type { SyntaxNode } from '@lezer/common';
import { Expressions } from './calls.ts';
import { children } from './syntax.ts';
import {
  type ClassValue,
  type FunctionValue,
  Scope,
  type Value,
  list,
  none,
  truth,
  unknown,
} from './values.ts';

/** How a body ended: with the value of a return, by break or continue, or by running out. */
export type Ending = { readonly returned: Value } | 'break' | 'continue' | undefined;

export class Interpreter extends Expressions {
  /** Functions of the script in the order of their definition, and those that were called. */
  readonly functions: FunctionValue[] = [];
  readonly classes: ClassValue[] = [];

  runScript(top: SyntaxNode, scope: Scope): void {
    this.run(children(top), scope);
    // What no line of the script calls may still hold its settings.
    for (const each of this.functions) {
      if (!this.called.has(each) && each.owner === null)
        this.callFunction(each, { positional: [], named: new Map() });
    }
  }

  override run(statements: readonly SyntaxNode[], scope: Scope, owner: ClassValue | null = null): Ending {
    for (const statement of statements) {
      const ending = this.statement(statement, scope, owner);
      if (ending !== undefined) return ending;
    }
    return undefined;
  }

  private statement(node: SyntaxNode, scope: Scope, owner: ClassValue | null): Ending {
    this.spend(node);
    const parts = children(node);
    switch (node.name) {
      case 'ImportStatement':
        this.imports(parts, scope);
        return undefined;
      case 'StatementGroup':
        return this.run(parts, scope, owner);
      case 'ExpressionStatement':
        for (const part of parts) this.evaluate(part, scope);
        return undefined;
      case 'AssignStatement':
        this.assignment(parts, scope);
        return undefined;
      case 'UpdateStatement':
        this.update(node, parts, scope);
        return undefined;
      case 'ReturnStatement': {
        const values = parts.slice(1).filter(({ name }) => name !== ',');
        const [first] = values;
        if (!first) return { returned: none };
        if (values.length === 1) return { returned: this.evaluate(first, scope) };
        return { returned: list(values.map((value) => this.evaluate(value, scope))) };
      }
      case 'BreakStatement':
        return 'break';
      case 'ContinueStatement':
        return 'continue';
      case 'FunctionDefinition': {
        const name = parts.find((part) => part.name === 'VariableName');
        if (!name) return undefined;
        const value: FunctionValue = { kind: 'function', name: this.source.of(name), node, scope, owner };
        scope.names.set(value.name, value);
        this.functions.push(value);
        return undefined;
      }
      case 'DecoratedStatement':
        return this.run(
          parts.filter((part) => part.name !== 'Decorator'),
          scope,
          owner,
        );
      case 'ClassDefinition':
        this.define(node, parts, scope);
        return undefined;
      case 'IfStatement':
        return this.choose(node, parts, scope, owner);
      case 'ForStatement':
        return this.loop(node, parts, scope, owner);
      case 'WhileStatement':
        return this.once(node, parts, scope, owner);
      case 'WithStatement':
        return this.within(parts, scope, owner);
      case 'TryStatement':
        for (const body of parts.filter((part) => part.name === 'Body')) {
          const ending = this.run(children(body), scope, owner);
          if (ending !== undefined && this.mode === 'forward') return ending;
        }
        return undefined;
      default:
        // pass, global, assert, del, and the colon at a body's head.
        return undefined;
    }
  }

  private imports(parts: readonly SyntaxNode[], scope: Scope): void {
    const words = parts.map((part) => this.source.of(part)).filter((word) => !['(', ')'].includes(word));
    const at = words.indexOf('import');
    const from = words[0] === 'from' ? words.slice(1, at).join('') : '';
    const items = words
      .slice(at + 1)
      .join(' ')
      .split(',');
    for (const item of items) {
      const [name = '', alias] = item.split(' as ').map((word) => word.replaceAll(' ', ''));
      if (name === '' || name === '*') {
        if (name === '*' && from) this.starred.push(from);
        continue;
      }
      if (from) scope.names.set(alias ?? name, { kind: 'path', path: `${from}.${name}` });
      else if (alias) scope.names.set(alias, { kind: 'path', path: name });
      else
        scope.names.set(name.split('.')[0] as string, { kind: 'path', path: name.split('.')[0] as string });
    }
  }

  private assignment(parts: readonly SyntaxNode[], scope: Scope): void {
    const groups: SyntaxNode[][] = [[]];
    for (const part of parts) {
      if (part.name === 'AssignOp') groups.push([]);
      else if (part.name !== ',' && part.name !== 'TypeDef') (groups.at(-1) as SyntaxNode[]).push(part);
    }
    const values = groups.pop() ?? [];
    if (groups.length === 0 || values.length === 0) return;
    const value =
      values.length === 1
        ? this.evaluate(values[0] as SyntaxNode, scope)
        : list(values.map((each) => this.evaluate(each, scope)));
    for (const targets of groups) {
      if (targets.length === 1) this.assign(targets[0] as SyntaxNode, value, scope);
      else this.unpack(targets, value, scope);
    }
  }

  private unpack(targets: readonly SyntaxNode[], value: Value, scope: Scope): void {
    targets.forEach((target, i) => {
      const item =
        value.kind === 'list'
          ? value.items[i]
          : value.kind === 'shape'
            ? ({ kind: 'length', axis: i } as const)
            : unknown;
      this.assign(target, item ?? unknown, scope);
    });
  }

  private assign(target: SyntaxNode, value: Value, scope: Scope): void {
    switch (target.name) {
      case 'VariableName':
        scope.names.set(this.source.of(target), value);
        return;
      case 'TupleExpression':
      case 'ArrayExpression':
      case 'ParenthesizedExpression':
        this.unpack(
          children(target).filter(({ name }) => !['(', ')', '[', ']', ','].includes(name)),
          value,
          scope,
        );
        return;
      case 'MemberExpression': {
        const [object, mark, property] = children(target);
        if (!object || !property) return;
        const owner = this.evaluate(object, scope);
        if (mark?.name === '.' && owner.kind === 'module' && owner.module.type === 'user') {
          owner.module.attributes.set(this.source.of(property), value);
          this.own(value);
        } else if (mark?.name === '[' && owner.kind === 'dict') {
          const key = this.evaluate(property, scope);
          if (key.kind === 'string') owner.entries.set(key.value, value);
        } else if (mark?.name === '[' && this.source.of(property).replace(/['"]/g, '') === 'lr') {
          this.findings.add('error', 'rate-by-hand', this.source.place(target));
        }
        return;
      }
      default:
        return;
    }
  }

  private update(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): void {
    const [target, operator, value] = parts;
    if (!target || !operator || !value) return;
    const sign = this.source.of(operator).slice(0, -1);
    const left = this.evaluate(target, scope);
    const right = this.evaluate(value, scope);
    this.assign(target, this.binary(node, sign, left, right), scope);
  }

  private define(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): void {
    const name = parts.find((part) => part.name === 'VariableName');
    const body = parts.find((part) => part.name === 'Body');
    if (!name || !body) return;
    const bases = parts.find((part) => part.name === 'ArgList');
    const inner = new Scope(scope);
    const value: ClassValue = {
      kind: 'class',
      name: this.source.of(name),
      bases: bases
        ? children(bases)
            .filter((part) => !['(', ')', ','].includes(part.name))
            .map((part) => this.evaluate(part, scope))
        : [],
      members: inner.names,
      place: { line: this.source.line(node.from), text: `class ${this.source.of(name)}` },
    };
    this.run(children(body), inner, value);
    scope.names.set(value.name, value);
    this.classes.push(value);
  }

  /** Where the condition is not known: a script goes both ways, a forward pass says so and takes none. */
  private choose(
    node: SyntaxNode,
    parts: readonly SyntaxNode[],
    scope: Scope,
    owner: ClassValue | null,
  ): Ending {
    let condition: SyntaxNode | null = null;
    for (const part of parts) {
      if (part.name === 'Body') {
        const holds = condition === null ? true : truth(this.evaluate(condition, scope));
        if (holds === false) continue;
        if (holds === null && this.mode !== 'script') {
          this.findings.add('error', 'condition-unknown', this.place(condition ?? node));
          continue;
        }
        const ending = this.run(children(part), scope, owner);
        if (holds) return ending;
      } else if (!['if', 'elif', 'else', ':'].includes(part.name)) condition = part;
      else if (part.name === 'else') condition = null;
    }
    return undefined;
  }

  private loop(
    node: SyntaxNode,
    parts: readonly SyntaxNode[],
    scope: Scope,
    owner: ClassValue | null,
  ): Ending {
    const at = parts.findIndex((part) => part.name === 'in');
    const targets = parts.slice(1, at).filter((part) => part.name !== ',');
    const [iterated] = parts.slice(at + 1);
    const body = parts.find((part) => part.name === 'Body');
    if (!iterated || !body) return undefined;
    const values = this.evaluate(iterated, scope);
    const names = targets.map((target) => this.source.of(target)).join();
    const ofEpochs = /epoch|^ep$/i.test(names) || /epoch/i.test(this.source.of(iterated));
    if (this.mode === 'script' && values.kind === 'list' && ofEpochs) {
      this.settings.epochs(values.items.length);
      for (const target of targets) this.assign(target, unknown, scope);
      this.run(children(body), scope, owner);
      return undefined;
    }
    const items = this.itemsOf(values);
    if (!items) {
      if (this.mode === 'forward') {
        this.findings.add('error', 'loop-unknown', this.place(node));
        return undefined;
      }
      for (const target of targets) this.assign(target, unknown, scope);
      this.run(children(body), scope, owner);
      return undefined;
    }
    for (const item of items) {
      if (targets.length === 1) this.assign(targets[0] as SyntaxNode, item, scope);
      else this.unpack(targets, item, scope);
      const ending = this.run(children(body), scope, owner);
      if (ending === 'break') break;
      if (ending !== undefined && ending !== 'continue') return ending;
    }
    return undefined;
  }

  private once(
    node: SyntaxNode,
    parts: readonly SyntaxNode[],
    scope: Scope,
    owner: ClassValue | null,
  ): Ending {
    if (this.mode === 'forward') {
      this.findings.add('error', 'loop-unknown', this.place(node));
      return undefined;
    }
    const body = parts.find((part) => part.name === 'Body');
    if (body) this.run(children(body), scope, owner);
    return undefined;
  }

  private within(parts: readonly SyntaxNode[], scope: Scope, owner: ClassValue | null): Ending {
    const body = parts.find((part) => part.name === 'Body');
    const heads = parts.filter((part) => !['with', 'as', ',', 'Body'].includes(part.name));
    const withoutGradient = heads.some((head) => /no_grad|inference_mode/.test(this.source.of(head)));
    for (const head of heads) if (head.name === 'CallExpression') this.evaluate(head, scope);
    this.withoutGradient += withoutGradient ? 1 : 0;
    const ending = body ? this.run(children(body), scope, owner) : undefined;
    this.withoutGradient -= withoutGradient ? 1 : 0;
    return ending;
  }
}
