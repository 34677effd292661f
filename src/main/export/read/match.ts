/**
 * Matches the weights of a file with a net. Names are the course's (`conv1.weight`), an `nn.Sequential`'s
 * (`0.weight`), or the author's own; in the last case weights are matched by their order, which is that in
 * which the class creates its modules.
 */
import { type ProblemRecord, Problem } from '../../../shared/base/problem.ts';
import { moduleNames } from '../../../shared/code/pytorchModel.ts';
import type { Network } from '../../../shared/network/network.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { importNotes } from './notes.ts';
import type { Candidate, WeightsFile } from './candidates.ts';

interface Expected {
  /** Key as in a run's checkpoints: `0.weight`. */
  readonly key: string;
  /** Name as in the course's class: `conv1.weight`. */
  readonly courseName: string;
  readonly shape: readonly number[];
}

export interface Matched {
  readonly tensors: readonly NamedTensor[];
  readonly notes: readonly ProblemRecord[];
}

function expectedWeights(network: Network): Expected[] {
  const { layers } = summarize(network);
  const names = moduleNames(layers);
  return layers.flatMap(({ index, parameters }, i) =>
    parameters.map(({ name, shape }) => ({
      key: `${index}.${name}`,
      courseName: `${names[i]}.${name}`,
      shape,
    })),
  );
}

/** Prefixes that wrappers add to every name: DataParallel, torch.compile, Lightning. */
const prefixes = ['module.', '_orig_mod.', 'model.', 'net.', 'network.'];

/** Removes the prefixes that all names have. A prefix that only some have is part of a name. */
function stripped({ key, tensors }: Candidate): { candidate: Candidate; notes: ProblemRecord[] } {
  const notes: ProblemRecord[] = [];
  let names = tensors.map(({ name }) => name);
  for (;;) {
    const prefix = prefixes.find((each) => names.every((name) => name.startsWith(each)));
    if (!prefix) break;
    names = names.map((name) => name.slice(prefix.length));
    notes.push(importNotes.prefix(prefix));
  }
  return {
    candidate: { key, tensors: tensors.map((tensor, i) => ({ ...tensor, name: names[i] as string })) },
    notes,
  };
}

function byNames(
  expected: readonly Expected[],
  tensors: readonly NamedTensor[],
  nameOf: (each: Expected) => string,
): NamedTensor[] | null {
  const given = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  if (given.size !== expected.length) return null;
  const found = expected.map((each) => {
    const tensor = given.get(nameOf(each));
    return tensor?.shape.join() === each.shape.join() ? { ...tensor, name: each.key } : null;
  });
  return found.includes(null) ? null : (found as NamedTensor[]);
}

function byOrder(expected: readonly Expected[], tensors: readonly NamedTensor[]): NamedTensor[] | null {
  if (tensors.length !== expected.length) return null;
  const fits = expected.every(({ key, shape }, i) => {
    const tensor = tensors[i] as NamedTensor;
    const last = key.slice(key.lastIndexOf('.') + 1);
    return tensor.shape.join() === shape.join() && tensor.name.endsWith(last);
  });
  return fits ? expected.map(({ key }, i) => ({ ...(tensors[i] as NamedTensor), name: key })) : null;
}

/** A module's weights: names within it with shapes, and the tensors in that order. */
interface Module<T> {
  readonly kind: string;
  readonly members: readonly T[];
}

function modulesOf<T extends { readonly shape: readonly number[] }>(
  tensors: readonly T[],
  nameOf: (each: T) => string,
): Module<T>[] {
  const stems = new Map<string, T[]>();
  for (const each of tensors) {
    const name = nameOf(each);
    const stem = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    stems.set(stem, [...(stems.get(stem) ?? []), each]);
  }
  const lastOf = (each: T) => nameOf(each).slice(nameOf(each).lastIndexOf('.') + 1);
  return [...stems.values()].map((own) => {
    const members = own.toSorted((a, b) => (lastOf(a) < lastOf(b) ? -1 : 1));
    return { kind: members.map((each) => `${lastOf(each)} ${each.shape.join('×')}`).join(', '), members };
  });
}

/**
 * Matches modules by their shapes. A kind of module that the net has once may be anywhere; several of one
 * kind are distinguished by their order, if the file has one.
 */
function byShapes(
  expected: readonly Expected[],
  tensors: readonly NamedTensor[],
  ordered: boolean,
): NamedTensor[] | null {
  const offered = modulesOf(tensors, ({ name }) => name);
  const wanted = modulesOf(expected, ({ key }) => key);
  if (offered.length !== wanted.length) return null;
  if (!ordered && new Set(wanted.map(({ kind }) => kind)).size < wanted.length) return null;
  const found = new Map<string, NamedTensor>();
  for (const { kind, members } of wanted) {
    const place = offered.findIndex((each) => each.kind === kind);
    const [taken] = place < 0 ? [] : offered.splice(place, 1);
    if (!taken) return null;
    members.forEach(({ key }, i) => found.set(key, { ...(taken.members[i] as NamedTensor), name: key }));
  }
  return expected.map(({ key }) => found.get(key) as NamedTensor);
}

function match(expected: readonly Expected[], offered: Candidate, ordered: boolean): Matched | null {
  const { candidate, notes } = stripped(offered);
  const named =
    byNames(expected, candidate.tensors, ({ courseName }) => courseName) ??
    byNames(expected, candidate.tensors, ({ key }) => key);
  if (named) return { tensors: named, notes };
  const inOrder = ordered ? byOrder(expected, candidate.tensors) : null;
  if (inOrder) {
    return { tensors: inOrder, notes: [...notes, importNotes.order()] };
  }
  const shaped = byShapes(expected, candidate.tensors, ordered);
  if (!shaped) return null;
  return { tensors: shaped, notes: [...notes, importNotes.shapes()] };
}

/**
 * Returns weights for every layer of the net. `key` selects one of several sets in a file. Throws a `Problem`
 * that says what does not fit, or which sets there are to choose from.
 */
export function matchWeights(network: Network, file: WeightsFile, path: string, key?: string): Matched {
  const expected = expectedWeights(network);
  const offered = key === undefined ? file.candidates : file.candidates.filter((each) => each.key === key);
  if (offered.length === 0) {
    const keys = file.candidates.map((each) => each.key || '(the file itself)').join(', ');
    throw new Problem('import.no-key', `${path} has no weights under "${key}"; there is ${keys}`, {
      path,
      key: key ?? '',
      keys,
    });
  }
  const fitting = offered.flatMap((candidate) => {
    const matched = match(expected, candidate, file.ordered);
    return matched ? [{ candidate, matched }] : [];
  });
  const [first] = fitting;
  if (!first) throw misfit(network, expected, offered, path);
  const usual = fitting.filter(({ candidate }) =>
    /(^|\.)(state_dict|model_state_dict|model|net)$/.test(candidate.key),
  );
  const chosen = fitting.length === 1 ? first : usual.length === 1 ? usual[0] : undefined;
  if (!chosen) {
    const keys = fitting.map(({ candidate }) => candidate.key).join(', ');
    throw new Problem(
      'import.several',
      `${path} has several sets of weights that fit: ${keys}; say which with --key`,
      { path, keys },
    );
  }
  const where = chosen.candidate.key ? [importNotes.key(chosen.candidate.key)] : [];
  return { tensors: chosen.matched.tensors, notes: [...file.notes, ...where, ...chosen.matched.notes] };
}

function misfit(
  network: Network,
  expected: readonly Expected[],
  offered: readonly Candidate[],
  path: string,
): Problem {
  const largest = offered.reduce((a, b) => (b.tensors.length > a.tensors.length ? b : a));
  const { candidate } = stripped(largest);
  const given = new Map(candidate.tensors.map((tensor) => [tensor.name, tensor]));
  const shapeText = (shape: readonly number[]) => (shape.length === 0 ? 'a single number' : shape.join('×'));
  const wrong = expected.flatMap(({ courseName, key, shape }) => {
    const found = given.get(courseName) ?? given.get(key);
    if (!found) return [`"${courseName}" (${shapeText(shape)}) is missing`];
    if (found.shape.join() === shape.join()) return [];
    return [`"${found.name}" is ${shapeText(found.shape)}, the net has ${shapeText(shape)}`];
  });
  const known = new Set(expected.flatMap(({ courseName, key }) => [courseName, key]));
  const extra = [...given.keys()]
    .filter((name) => !known.has(name))
    .map((name) => `"${name}" is of no layer`);
  const all = [...wrong, ...extra];
  const shown = all.slice(0, 4).join('; ') + (all.length > 4 ? `; and ${all.length - 4} more` : '');
  return new Problem(
    'import.misfit',
    `the weights in ${path} do not fit the net "${network.name}": ${shown}. Give the net or the script that they were saved from`,
    { path, network: network.name, detail: shown },
  );
}
