/** `stride verify`: compares the engine with files of PyTorch's results. */
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import { inLanguage, say } from '../../host/language.ts';
// Only types are imported: the engine is loaded when this command runs, and by no other.
import type { Quantity, QuantityResult, VerifiedFile } from '../../lab/verify.ts';
import { type TextColumn, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { LiveLine } from '../reports/liveLine.ts';

type Case = Exclude<VerifiedFile, { kind: 'skipped' }>;

const passed = (each: Case): boolean => each.kind === 'case' && each.result.passed;

/** Returns the exit code: 0 if every case passes. */
export async function verify(
  io: Io,
  path: string,
  { json }: { json?: boolean },
  stop: AbortSignal,
): Promise<number> {
  const { initialTolerance, quantities, tolerance, verifyFolder } = await import('../../lab/verify.ts');
  const cases: Case[] = [];
  const skipped: string[] = [];
  const line = new LiveLine(io.stderr);
  try {
    await verifyFolder(
      path,
      (file) => {
        if (file.kind === 'skipped') {
          skipped.push(file.file);
          return;
        }
        cases.push(file);
        if (json) printJson(io, jsonOf(file));
        else line.update(say('{count} verified, {file}', { count: cases.length, file: file.file }));
      },
      stop,
    );
  } finally {
    line.end();
  }
  const good = cases.filter(passed).length;
  if (json) {
    printJson(io, {
      type: 'summary',
      cases: cases.length,
      passed: good,
      failed: cases.length - good,
      skipped,
      tolerance: { ...tolerance, initialParameters: initialTolerance.absolute },
    });
  } else {
    const ran = cases.filter((each) => each.kind === 'case');
    if (ran.length > 0) print(io, table(columns(io, quantities), ran));
    const skippedLines = skipped.map((file) => say('{file} contains no network and was skipped', { file }));
    for (const text of [...wrongs(cases), ...skippedLines]) {
      print(io, text);
    }
    print(io, say('{good} of {all} cases pass', { good, all: cases.length }));
  }
  if (stop.aborted) {
    note(io, say('Stopped before all cases were run.'));
    return exitCodes.interrupted;
  }
  return good === cases.length ? exitCodes.ok : exitCodes.failure;
}

const titles: Readonly<Record<Quantity, string>> = {
  initialParameters: 'initial',
  activations: 'activations',
  logits: 'logits',
  loss: 'loss',
  gradients: 'gradients',
  stepLosses: 'step losses',
  parametersAfterSteps: 'after steps',
};

type RanCase = Extract<Case, { kind: 'case' }>;

function columns({ colors }: Io, quantities: readonly Quantity[]): TextColumn<RanCase>[] {
  const error = ({ largest, compared, past }: QuantityResult): string => {
    if (compared === 0) return '–';
    const text = Number.isFinite(largest) ? (largest === 0 ? '0' : largest.toExponential(1)) : '∞';
    return past > 0 ? colors.red(`${text} !`) : text;
  };
  return [
    { title: 'case', align: 'left', cell: ({ file }) => file.replace(/\.json$/, '') },
    ...quantities.map((quantity) => ({
      title: titles[quantity],
      cell: ({ result }: RanCase) => error(result.errors[quantity]),
    })),
    {
      title: '',
      align: 'left',
      cell: ({ result }) => (result.passed ? say('pass') : colors.red(say('FAIL'))),
    },
  ];
}

/**
 * Returns one line per fault, below the table: how many numbers of a quantity differ, or why a case could not
 * be run.
 */
function wrongs(cases: readonly Case[]): string[] {
  return cases.flatMap((each) => {
    if (each.kind === 'broken') return [sentence(each)];
    return Object.entries(each.result.errors)
      .filter(([, { past }]) => past > 0)
      .map(([quantity, { past, compared, missing }]) => {
        const absent =
          missing.length > 0
            ? say('; missing or of another size: {names}', { names: missing.join(', ') })
            : '';
        const values = { file: each.file, quantity: say(titles[quantity as Quantity]), past, compared };
        return say('{file}: {quantity}: {past} of {compared} numbers exceed the tolerance', values) + absent;
      });
  });
}

function sentence({ file, problem }: { file: string; problem: ProblemRecord }): string {
  const text = inLanguage(problem);
  return text.startsWith(file) ? text : `${file}: ${text}`;
}

/** Returns a case as JSON. Scripts depend on the field names. An infinite error is null. */
function jsonOf(each: Case): unknown {
  if (each.kind === 'broken') {
    return { type: 'case', file: each.file, passed: false, problem: each.problem };
  }
  const { name, errors } = each.result;
  return { type: 'case', file: each.file, name, passed: each.result.passed, errors };
}
