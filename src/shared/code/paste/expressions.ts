/** Python expressions to values, without calls of torch: `calls.ts` adds those. */
import type { SyntaxNode } from '@lezer/common';
import type { Findings } from './findings.ts';
import type { SettingsReader } from './settings.ts';
import { type Source, children, numberLiteral, stringOf } from './syntax.ts';
import type { CallArguments } from './torchLayers.ts';
import {
  type ClassValue,
  type FunctionValue,
  type Place,
  Scope,
  type TensorNode,
  type UserModule,
  type Value,
  boolean,
  list,
  none,
  number,
  truth,
  unknown,
} from './values.ts';

/** Expressions and statements after which reading is given up: pasted code may loop for ever. */
const longestReading = 200_000;

export class TooLong extends Error {}

/** How strict reading is: what a script does besides is its own business, what a forward pass does is the net. */
export type Mode = 'script' | 'making' | 'forward';

export abstract class Evaluator {
  readonly source: Source;
  readonly findings: Findings;
  readonly settings: SettingsReader;
  mode: Mode = 'script';
  protected readonly starred: string[] = [];
  protected withoutGradient = 0;
  private spent = 0;

  constructor(source: Source, findings: Findings, settings: SettingsReader) {
    this.source = source;
    this.findings = findings;
    this.settings = settings;
  }

  abstract run(statements: readonly SyntaxNode[], scope: Scope, owner?: ClassValue | null): unknown;
  protected abstract call(node: SyntaxNode, callee: Value, call: CallArguments, scope: Scope): Value;
  abstract callFunction(callee: FunctionValue, call: CallArguments, self?: Value): Value;
  protected abstract member(node: SyntaxNode, of: Value, name: string): Value;
  /** `left + right` of two tensors. */
  protected abstract sum(node: SyntaxNode, left: TensorNode, right: TensorNode): Value;

  place(node: SyntaxNode): Place {
    return this.source.place(node);
  }

  protected spend(_node: SyntaxNode): void {
    this.spent += 1;
    if (this.spent > longestReading) throw new TooLong();
  }

  evaluate(node: SyntaxNode, scope: Scope): Value {
    this.spend(node);
    const parts = children(node);
    switch (node.name) {
      case 'Number': {
        const value = numberLiteral(this.source.of(node));
        return value === null ? unknown : number(value);
      }
      case 'String': {
        const value = stringOf(this.source.of(node));
        return value === null ? unknown : { kind: 'string', value };
      }
      case 'ContinuedString': {
        const texts = parts.map((part) => stringOf(this.source.of(part)));
        return texts.includes(null) ? unknown : { kind: 'string', value: texts.join('') };
      }
      case 'Boolean':
        return boolean(this.source.of(node) === 'True');
      case 'None':
        return none;
      case 'VariableName':
        return this.variable(this.source.of(node), scope);
      case 'ParenthesizedExpression': {
        const inner = parts.find(({ name }) => name !== '(' && name !== ')');
        return inner ? this.evaluate(inner, scope) : unknown;
      }
      case 'TupleExpression':
      case 'ArrayExpression':
        return list(this.elements(parts, scope));
      case 'DictionaryExpression':
        return this.dictionary(parts, scope);
      case 'MemberExpression':
        return this.memberExpression(node, parts, scope);
      case 'CallExpression':
        return this.callExpression(node, parts, scope);
      case 'UnaryExpression':
        return this.unary(parts, scope);
      case 'BinaryExpression':
        return this.binaryExpression(node, parts, scope);
      case 'ConditionalExpression': {
        const [yes, , condition, , no] = parts;
        if (!yes || !condition || !no) return unknown;
        const holds = truth(this.evaluate(condition, scope));
        if (holds === null) {
          if (this.mode === 'forward') this.findings.add('error', 'condition-unknown', this.place(condition));
          return unknown;
        }
        return this.evaluate(holds ? yes : no, scope);
      }
      case 'ArrayComprehensionExpression':
      case 'ComprehensionExpression':
        return this.comprehension(parts, scope);
      case 'LambdaExpression':
        return { kind: 'function', name: 'lambda', node, scope, owner: null };
      case 'NamedExpression': {
        const [name, , value] = parts;
        if (!name || !value) return unknown;
        const given = this.evaluate(value, scope);
        scope.names.set(this.source.of(name), given);
        return given;
      }
      default:
        return unknown;
    }
  }

  private variable(name: string, scope: Scope): Value {
    const value = scope.get(name);
    if (value) return value;
    if (name === '__name__') return { kind: 'string', value: '__main__' };
    for (const path of this.starred) {
      if (/^[A-Z]/.test(name)) return { kind: 'path', path: `${path}.${name}` };
    }
    return { kind: 'path', path: `builtins.${name}` };
  }

  private elements(parts: readonly SyntaxNode[], scope: Scope): Value[] {
    const items: Value[] = [];
    let spread = false;
    for (const part of parts) {
      if (['(', ')', '[', ']', ','].includes(part.name)) continue;
      if (part.name === '*') {
        spread = true;
        continue;
      }
      const value = this.evaluate(part, scope);
      if (spread && value.kind === 'list') items.push(...value.items);
      else items.push(value);
      spread = false;
    }
    return items;
  }

  private dictionary(parts: readonly SyntaxNode[], scope: Scope): Value {
    const entries = new Map<string, Value>();
    let key: Value | undefined;
    for (const part of parts) {
      if (['{', '}', ',', ':', '**'].includes(part.name)) continue;
      const value = this.evaluate(part, scope);
      if (key === undefined) key = value;
      else {
        if (key.kind === 'string') entries.set(key.value, value);
        else if (key.kind === 'number') entries.set(String(key.value), value);
        key = undefined;
      }
    }
    return { kind: 'dict', entries };
  }

  private memberExpression(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const [object, mark, property] = parts;
    if (!object || !mark || !property) return unknown;
    const of = this.evaluate(object, scope);
    if (mark.name === '.') return this.member(node, of, this.source.of(property));
    if (parts.length !== 4) return unknown;
    return this.indexed(of, this.evaluate(property, scope));
  }

  private indexed(of: Value, index: Value): Value {
    if (index.kind === 'number') {
      if (of.kind === 'list') return of.items.at(index.value) ?? unknown;
      if (of.kind === 'shape') return { kind: 'length', axis: index.value };
      if (of.kind === 'dict') return of.entries.get(String(index.value)) ?? unknown;
      if (of.kind === 'module' && of.module.type === 'sequence')
        return of.module.children.at(index.value) ?? unknown;
    }
    if (index.kind === 'string' && of.kind === 'dict') return of.entries.get(index.value) ?? unknown;
    return unknown;
  }

  private callExpression(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const [callee, given] = parts;
    if (!callee || !given) return unknown;
    const function_ = this.evaluate(callee, scope);
    return this.call(node, function_, this.arguments(given, scope), scope);
  }

  arguments(node: SyntaxNode, scope: Scope): CallArguments {
    if (node.name !== 'ArgList') return { positional: [this.evaluate(node, scope)], named: new Map() };
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const parts = children(node);
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i] as SyntaxNode;
      if (['(', ')', ','].includes(part.name)) continue;
      const next = parts[i + 1];
      if (part.name === '*' && next) {
        const value = this.evaluate(next, scope);
        const items = this.itemsOf(value);
        if (items) positional.push(...items);
        else positional.push(unknown);
        i += 1;
      } else if (part.name === '**' && next) {
        const value = this.evaluate(next, scope);
        if (value.kind === 'dict') for (const [name, each] of value.entries) named.set(name, each);
        i += 1;
      } else if (next?.name === 'AssignOp' && parts[i + 2]) {
        named.set(this.source.of(part), this.evaluate(parts[i + 2] as SyntaxNode, scope));
        i += 2;
      } else if (next?.name === 'for') {
        // A generator as the only argument: `nn.Sequential(*(…))` is rare, `sum(x for …)` is not about the net.
        positional.push(this.comprehension(parts.slice(1, -1), scope));
        break;
      } else positional.push(this.evaluate(part, scope));
    }
    return { positional, named };
  }

  /** What can be gone through one by one. */
  itemsOf(value: Value): readonly Value[] | null {
    if (value.kind === 'list') return value.items;
    if (value.kind === 'module' && value.module.type === 'sequence') return value.module.children;
    if (value.kind === 'dict')
      return [...value.entries.keys()].map((key) => ({ kind: 'string', value: key }) as const);
    return null;
  }

  private comprehension(parts: readonly SyntaxNode[], scope: Scope): Value {
    const inner = parts.filter(({ name }) => !['[', ']', '(', ')'].includes(name));
    const at = inner.findIndex(({ name }) => name === 'for');
    const into = inner.findIndex(({ name }) => name === 'in');
    const [element] = inner;
    const iterated = inner[into + 1];
    const targets = inner.slice(at + 1, into).filter(({ name }) => name !== ',');
    const filtered = inner.length > into + 2;
    if (!element || !iterated || at < 0 || into < 0 || filtered || targets.length !== 1) return unknown;
    const items = this.itemsOf(this.evaluate(iterated, scope));
    if (!items) return unknown;
    const own = new Scope(scope);
    return list(
      items.map((item) => {
        own.names.set(this.source.of(targets[0] as SyntaxNode), item);
        return this.evaluate(element, own);
      }),
    );
  }

  private unary(parts: readonly SyntaxNode[], scope: Scope): Value {
    const [operator, operand] = parts;
    if (!operator || !operand) return unknown;
    const value = this.evaluate(operand, scope);
    if (operator.name === 'not') {
      const holds = truth(value);
      return holds === null ? unknown : boolean(!holds);
    }
    if (value.kind !== 'number') return unknown;
    return number(this.source.of(operator) === '-' ? -value.value : value.value);
  }

  private binaryExpression(node: SyntaxNode, parts: readonly SyntaxNode[], scope: Scope): Value {
    const [first, ...rest] = parts;
    const last = rest.pop();
    if (!first || !last) return unknown;
    const operator = rest.map((part) => this.source.of(part)).join(' ');
    if (operator === 'and' || operator === 'or') {
      const left = this.evaluate(first, scope);
      const holds = truth(left);
      if (holds === null) return unknown;
      return holds === (operator === 'and') ? this.evaluate(last, scope) : left;
    }
    return this.binary(node, operator, this.evaluate(first, scope), this.evaluate(last, scope));
  }

  binary(node: SyntaxNode, operator: string, left: Value, right: Value): Value {
    if (left.kind === 'number' && right.kind === 'number')
      return arithmetic(operator, left.value, right.value);
    if (operator === '+' && left.kind === 'tensor' && right.kind === 'tensor')
      return this.sum(node, left.node, right.node);
    if (operator === '+' && left.kind === 'list' && right.kind === 'list') {
      // `+=` of a list changes it in place, which nobody can tell from a new one here.
      return list([...left.items, ...right.items]);
    }
    if (operator === '*' && left.kind === 'list' && right.kind === 'number')
      return list(Array.from({ length: Math.max(0, right.value) }, () => left.items).flat());
    if (operator === 'is' || operator === '==') return equality(left, right, false);
    if (operator === 'is not' || operator === '!=') return equality(left, right, true);
    if (operator === '+' && left.kind === 'string' && right.kind === 'string')
      return { kind: 'string', value: left.value + right.value };
    if (this.mode === 'forward' && (left.kind === 'tensor' || right.kind === 'tensor')) {
      this.findings.add('error', 'operation-unknown', this.place(node), { what: operator });
      return left.kind === 'tensor' ? left : right;
    }
    return unknown;
  }
}

function equality(left: Value, right: Value, turned: boolean): Value {
  const plain = (value: Value): string | number | boolean | null | undefined => {
    switch (value.kind) {
      case 'number':
      case 'string':
      case 'boolean':
        return value.value;
      case 'none':
        return null;
      default:
        return undefined;
    }
  };
  const known = (value: Value) =>
    plain(value) !== undefined || value.kind === 'module' || value.kind === 'list';
  if (!known(left) || !known(right)) return unknown;
  const [a, b] = [plain(left), plain(right)];
  if (a === undefined && b === undefined) return unknown;
  return boolean((a === b) !== turned);
}

function arithmetic(operator: string, a: number, b: number): Value {
  switch (operator) {
    case '+':
      return number(a + b);
    case '-':
      return number(a - b);
    case '*':
      return number(a * b);
    case '/':
      return number(a / b);
    case '//':
      return number(Math.floor(a / b));
    case '%':
      return number(a - b * Math.floor(a / b));
    case '**':
      return number(a ** b);
    case '==':
      return boolean(a === b);
    case '!=':
      return boolean(a !== b);
    case '<':
      return boolean(a < b);
    case '<=':
      return boolean(a <= b);
    case '>':
      return boolean(a > b);
    case '>=':
      return boolean(a >= b);
    default:
      return unknown;
  }
}

export type { UserModule };
