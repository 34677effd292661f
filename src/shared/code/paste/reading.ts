/**
 * One reading of a script: its findings so far, and the remaining budget. Functions over this record interpret the
 * code; `language.ts` assembles the meaning of each kind of syntax and of callee.
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

/** Number of expressions and statements after which reading stops: pasted code may loop forever. */
const longestReading = 400_000;

export const deepestCall = 40;

/** The depth to which a recursive function is followed. */
export const deepestRecursion = 10;

export class TooLong extends Error {}

/** The strictness of reading: a script's other code is ignored, but everything in a forward pass is the net. */
export type Mode = 'script' | 'making' | 'forward';

/** The way a body ended: with a returned value, by break or continue, or by reaching its end. */
export type Ending = { readonly returned: Value } | 'break' | 'continue' | undefined;

/** One forward pass through the net. */
export interface ForwardTrace {
  readonly input: TensorNode;
  readonly uses: Map<LayerModule, number>;
  /** False once something that changes sizes was left out, because sizes are then meaningless. */
  sizesKnown: boolean;
  /** The image shape that the code gives images first. */
  wantedInput: readonly [channels: number, height: number, width: number] | null;
  /** Features that a reshape requested in vain: a linear layer for as many is a consequence of that. */
  excused: number | null;
  /** The input of the loss, if the training step was followed. */
  logits: TensorNode | null;
}

export type ExpressionReader = (reading: Reading, node: SyntaxNode, scope: Scope) => Value;
export type StatementReader = (
  reading: Reading,
  node: SyntaxNode,
  scope: Scope,
  owner: ClassValue | null,
) => Ending;

/** The meaning of the kinds of syntax, and of calls and members. */
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
  /** Number of active calls of each function: endless recursion is stopped. */
  readonly active: Map<FunctionValue, number>;
  /** Modules that the script itself made, in that order. */
  readonly made: Module[];
  /** Classes of which a module was made, and classes that were instantiated within another. */
  readonly instantiated: Set<ClassValue>;
  /** Number of modules that draw random numbers. */
  drawn: number;
  /** Number of modules of any kind. */
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

/** Resets the reading after it stopped at its limit, so that what was found so far can be processed. */
export function restart(reading: Reading): void {
  Object.assign(reading, { spent: 0, depth: 0, mode: 'script', trace: null, withoutGradient: 0 });
  reading.active.clear();
  reading.script.loops.splice(0);
  reading.script.conditions.splice(0);
}
