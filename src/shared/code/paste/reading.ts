/**
 * One reading of a script: what has been found so far, and how much of it may still be read. Functions over this record
 * follow the code; `language.ts` puts together what each kind of syntax and of callee means.
 */
import type { SyntaxNode } from '@lezer/common';
import type { Findings } from './findings.ts';
import type { Source } from './text/source.ts';
import type { Script } from './training/script.ts';
import type {
  CallArguments,
  ClassValue,
  FunctionValue,
  LayerModule,
  Module,
  Place,
  Scope,
  TensorNode,
  Value,
} from './values.ts';

/** Expressions and statements after which reading is given up: pasted code may loop for ever. */
const longestReading = 400_000;

export const deepestCall = 40;

/** A function that calls itself is followed so deep. */
export const deepestRecursion = 10;

export class TooLong extends Error {}

/** How strict reading is: what a script does besides is its own business, what a forward pass does is the net. */
export type Mode = 'script' | 'making' | 'forward';

/** How a body ended: with the value of a return, by break or continue, or by running out. */
export type Ending = { readonly returned: Value } | 'break' | 'continue' | undefined;

/** One forward pass through the net. */
export interface ForwardTrace {
  readonly input: TensorNode;
  readonly uses: Map<LayerModule, number>;
  /** Once something was left out that changes sizes, sizes say nothing any more. */
  sizesKnown: boolean;
  /** What the code says of the images by the shape that it gives them first. */
  wantedInput: readonly [channels: number, height: number, width: number] | null;
  /** Features that a reshape asked for in vain: a linear layer for as many follows from that. */
  excused: number | null;
  /** What the loss was given, where the training step was followed. */
  logits: TensorNode | null;
}

export type ExpressionReader = (reading: Reading, node: SyntaxNode, scope: Scope) => Value;
export type StatementReader = (
  reading: Reading,
  node: SyntaxNode,
  scope: Scope,
  owner: ClassValue | null,
) => Ending;

/** What the kinds of syntax mean, and what calls and members come to. */
export interface PythonLanguage {
  readonly expressions: Readonly<Record<string, ExpressionReader | undefined>>;
  readonly statements: Readonly<Record<string, StatementReader | undefined>>;
  readonly call: (
    reading: Reading,
    node: SyntaxNode,
    callee: Value,
    call: CallArguments,
    scope: Scope,
  ) => Value;
  readonly member: (reading: Reading, node: SyntaxNode, of: Value, name: string) => Value;
  readonly tensorOperator: (
    reading: Reading,
    node: SyntaxNode,
    operator: string,
    left: Value,
    right: Value,
  ) => Value;
}

export interface Reading {
  readonly source: Source;
  readonly language: PythonLanguage;
  readonly script: Script;
  findings: Findings;
  mode: Mode;
  trace: ForwardTrace | null;
  /** Packages of which everything was imported. */
  readonly starred: string[];
  readonly globals: Scope;
  /** Functions and classes of the script in the order of their definition, and functions that were called. */
  readonly functions: FunctionValue[];
  readonly classes: ClassValue[];
  readonly called: Set<FunctionValue>;
  /** How often each function is under way: recursion without an end is given up. */
  readonly active: Map<FunctionValue, number>;
  /** Modules that the script itself made, in that order. */
  readonly made: Module[];
  /** Classes of which a module was made, and classes that one was made of within another. */
  readonly instantiated: Set<ClassValue>;
  /** How many modules that draw numbers were made. */
  drawn: number;
  /** How many modules were made of any kind. */
  created: number;
  withoutGradient: number;
  depth: number;
  spent: number;
}

export function place(reading: Reading, node: SyntaxNode): Place {
  return reading.source.place(node);
}

function spend(reading: Reading): void {
  reading.spent += 1;
  if (reading.spent > longestReading) throw new TooLong();
}

export function evaluate(reading: Reading, node: SyntaxNode, scope: Scope): Value {
  spend(reading);
  return reading.language.expressions[node.name]?.(reading, node, scope) ?? { kind: 'unknown' };
}

export function run(
  reading: Reading,
  statements: readonly SyntaxNode[],
  scope: Scope,
  owner: ClassValue | null = null,
): Ending {
  for (const statement of statements) {
    spend(reading);
    const ending = reading.language.statements[statement.name]?.(reading, statement, scope, owner);
    if (ending !== undefined) return ending;
  }
  return undefined;
}

export function call(
  reading: Reading,
  node: SyntaxNode,
  callee: Value,
  given: CallArguments,
  scope: Scope,
): Value {
  return reading.language.call(reading, node, callee, given, scope);
}

/** After reading was given up somewhere: what was found so far can be gone through. */
export function restart(reading: Reading): void {
  Object.assign(reading, { spent: 0, depth: 0, mode: 'script', trace: null, withoutGradient: 0 });
  reading.active.clear();
  reading.script.loops.splice(0);
  reading.script.conditions.splice(0);
}
