/**
 * Reads PyTorch code in the course's style as a net and, if present, training settings. Nothing is executed: `paste/`
 * interprets the code. Unsupported code is reported with its line, and so are assumptions, so that nothing is guessed
 * silently. If a script trains several times, each training is offered.
 */
import { parser } from '@lezer/python';
import { misfitOf, misfitSentence } from '../misfits/misfit.ts';
import { networkSchema, type Network } from '../network/network.ts';
import { presets } from '../network/presets.ts';
import { type LayerProblem, walkNetwork } from '../network/shapes.ts';
import { canonicalNetwork } from './canonical.ts';
import { type CodeFinding, Findings } from './paste/findings.ts';
import { createReading } from './paste/language.ts';
import { drawing, itemsBetween, layersOf } from './paste/net/assemble.ts';
import { type NetCandidate, candidates, mostCandidates } from './paste/net/candidates.ts';
import { follow } from './paste/net/input.ts';
import { runScript, syntaxFindings } from './paste/script.ts';
import { type Reading, TooLong, type ForwardTrace, restart } from './paste/reading.ts';
import { prepare } from './paste/text/prepare.ts';
import { allModules } from './paste/torch/modules.ts';
import type { FoundSettings } from './paste/training/found.ts';
import { readTraining } from './paste/training/settings.ts';
import type { LayerModule, Module, Place } from './paste/values.ts';

export type { CodeFinding, FindingSeverity } from './paste/findings.ts';
export type { FoundSettings } from './paste/training/found.ts';
export { notebookScript } from './paste/text/notebook.ts';

/** One training of a script, or one net of a script without training. */
export interface PastedChoice {
  /** Null if Stride cannot express the code as a net. */
  readonly network: Network | null;
  /** Only the settings that the code contains. */
  readonly settings: FoundSettings;
  readonly line: number | null;
  /** The cell of a notebook. */
  readonly cell: number | null;
  /** The code that sets it up. */
  readonly text: string;
}

export interface PastedNet {
  /** Null if no net was found in the code. */
  readonly network: Network | null;
  /** Set if the net's layers do not fit each other. */
  readonly problem: LayerProblem | null;
  /** Only the settings that the code contains. */
  readonly settings: FoundSettings;
  /** Findings in the order of their lines. */
  readonly findings: readonly CodeFinding[];
  /** All trainings of the script, in its order; the fields above describe one of them. */
  readonly choices: readonly PastedChoice[];
  /** Position in `choices`; −1 if there is none. */
  readonly chosen: number;
}

/**
 * Returns whether an arbitrary text is meant for `parsePyTorch`: it mentions torch or builds a layer, and is not a
 * net's JSON.
 */
export function looksLikePyTorch(text: string): boolean {
  const notebook = /^\s*\{[\s\S]*"cells"\s*:/.test(text);
  return (notebook || !/^\s*[{[]/.test(text)) && /\btorch\b|\bnn\.[A-Z]\w*|\bF\.[a-z]\w*\s*\(/.test(text);
}

export interface PasteOptions {
  /** Name of the net if neither its code nor a preset has one. */
  readonly name?: string;
  /** Index of the training to use if there are several. */
  readonly choice?: number;
}

interface Result extends PastedChoice {
  readonly trained: boolean;
  readonly findings: readonly CodeFinding[];
}

export function parsePyTorch(code: string, { name = 'pasted', choice }: PasteOptions = {}): PastedNet {
  const findings = new Findings();
  let results: Result[] = [];
  try {
    const source = prepare(code, findings);
    const tree = parser.parse(source.text);
    syntaxFindings(source, findings, tree);
    const reading = createReading(source, findings);
    try {
      runScript(reading, tree.topNode);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      // What was made before the limit is kept.
      findings.add('error', 'too-long', null);
      restart(reading);
    }
    results = resultsOf(reading, name);
    if (results.length === 0) findings.add('error', 'no-net', null);
  } catch (error) {
    // Code may be nested more deeply than the stack allows.
    if (!(error instanceof TooLong) && !(error instanceof RangeError)) throw error;
    findings.add('error', 'too-long', null);
  }
  // The first training is the default; of nets that are not trained, the last one, which usually contains the others.
  const usual = results.some(({ trained }) => trained) ? 0 : results.length - 1;
  const chosen = results.length === 0 ? -1 : Math.min(Math.max(0, choice ?? usual), results.length - 1);
  const result = results[chosen];
  for (const finding of result?.findings ?? []) findings.put(finding);
  const network = result?.network ?? null;
  return {
    network,
    problem: network ? (walkNetwork(network).problem ?? null) : null,
    settings: result?.settings ?? {},
    findings: findings.all.toSorted((a, b) => (a.cell ?? 0) - (b.cell ?? 0) || (a.line ?? 0) - (b.line ?? 0)),
    choices: results.map(({ network: net, settings, line, cell, text }) => ({
      network: net,
      settings,
      line,
      cell,
      text,
    })),
    chosen,
  };
}

/** Returns the result of every training that differs from those before it. */
function resultsOf(reading: Reading, name: string): Result[] {
  const all = candidates(reading);
  const results: Result[] = [];
  const seen = new Set<string>();
  for (const candidate of all.slice(0, mostCandidates)) {
    const result = resultOf(reading, candidate, name);
    const { network, settings } = result;
    const { seed: _seed, ...others } = settings;
    const key = JSON.stringify([network, Object.entries(others).sort()]);
    if (!seen.has(key)) results.push(result);
    seen.add(key);
  }
  if (results.length > 1) {
    const [first] = results;
    const trains = all.some(({ training }) => training);
    reading.findings.add(
      'warning',
      trains ? 'several-trainings' : 'several-nets',
      first ? placeOf(first) : null,
      {
        count: all.length > mostCandidates ? `${results.length}+` : results.length,
        lines: results.map(({ line }) => line ?? '?').join(', '),
      },
    );
  }
  return results;
}

const placeOf = ({ line, cell, text }: Result): Place | null => (line === null ? null : { line, cell, text });

function resultOf(reading: Reading, candidate: NetCandidate, name: string): Result {
  const { net, training, place } = candidate;
  const common = reading.findings;
  const findings = new Findings();
  reading.findings = findings;
  try {
    const { found, loss, images } = readTraining(reading, training, net);
    if (candidate.partial) findings.add('warning', 'part-trained', place);
    const others = new Set(training?.modules);
    if (others.size > 1 && [...others].some((module) => !allModules(net).includes(module)))
      findings.add('error', 'several-modules-trained', place);
    const network =
      net.type === 'foreign' ? foreignNet(findings, net) : netOf(reading, candidate, loss, images, name);
    defaultsFinding(reading);
    return {
      network,
      settings: found,
      findings: findings.all,
      trained: training !== null,
      line: place.line,
      cell: place.cell,
      text: place.text,
    };
  } finally {
    reading.findings = common;
  }
}

function foreignNet(findings: Findings, net: Extract<Module, { type: 'foreign' }>): null {
  findings.add('error', net.reason.code, net.place, net.reason.parameters);
  return null;
}

/** Reports the command-line options whose defaults were used. */
function defaultsFinding({ script, findings }: Reading): void {
  const [first] = script.defaults.values();
  if (!first) return;
  const options = [...script.defaults].map(([option, { text }]) => `${option} ${text}`).join(', ');
  findings.add('note', 'argparse-defaults', first.place, { options });
}

function netOf(
  reading: Reading,
  { net }: NetCandidate,
  loss: Parameters<typeof layersOf>[1],
  images: Parameters<typeof follow>[2],
  name: string,
): Network | null {
  const { findings, source } = reading;
  const followed = follow(reading, net, images, source.text);
  for (const finding of followed.findings.all) findings.put(finding);
  if (!followed.output) return null;
  const items = itemsBetween(null, followed.output, findings);
  const layers = layersOf(items, loss, findings);
  seedFindings(findings, net, drawing(items), followed.trace);
  const { height, width, channels } = followed.input;
  const header = /^#\s*Network:\s*(.+)$/m.exec(source.text)?.[1]?.trim();
  return named(
    { name: header ?? name, input: { height, width, channels }, layers },
    header !== undefined,
    findings,
  );
}

/** Names the net, though a preset keeps its own name; reports a net that violates the schema. */
function named(network: Network, hasName: boolean, findings: Findings): Network | null {
  const layers = (each: Network) => JSON.stringify([each.input, canonicalNetwork(each).layers]);
  const preset = presets.find((each) => layers(each.network) === layers(network));
  const result = networkSchema.safeParse(
    preset && !hasName ? { ...network, name: preset.network.name } : network,
  );
  if (result.success) return result.data;
  const parameters = misfitOf(result.error, network);
  findings.add('error', 'not-a-net', null, { ...parameters, detail: misfitSentence(parameters, 'en') });
  return null;
}

/** Reports what prevents the script's seed from giving the script's numbers. */
function seedFindings(
  findings: Findings,
  net: Module,
  order: readonly LayerModule[],
  { uses }: ForwardTrace,
): void {
  const early = order.find((each, i) => (each.made ?? 0) < (order[i - 1]?.made ?? 0));
  if (early) findings.add('warning', 'made-in-other-order', early.place);
  for (const module of allModules(net))
    if (module.type === 'layer' && module.made !== null && !uses.has(module))
      findings.add('warning', 'unused', module.place);
}
