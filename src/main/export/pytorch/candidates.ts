/**
 * Finds the mappings of names to tensors in a saved object: the object itself, or the value of one of its
 * keys.
 */
import { Problem } from '../../../shared/base/problem.ts';
import { isFloatType } from '../../../shared/models/elements.ts';
import { type PickleDict, type PickleValue, dictOf, textOf } from '../../../shared/pickle/values.ts';
import { importNotes } from '../read/notes.ts';
import type { Candidate, WeightsFile } from '../read/candidates.ts';
import { type DescribedTensor, type Storages, describedTensor, tensorData } from './tensors.ts';

/** Keys of optimizers and the like, whose values have the weights' shapes but are not weights. */
const skipped = /^(optim|optimizer|scheduler|lr_sched|scaler|amp)/i;
const deepest = 6;
const counter = /(^|\.)num_batches_tracked$/;

export function candidatesIn(value: PickleValue, storages: Storages, path: string): WeightsFile {
  const candidates: Candidate[] = [];
  const widenedTypes = new Set<string>();
  const walk = (dict: PickleDict, key: string, depth: number): void => {
    const described = dict.entries.flatMap(([name, each]): [string, DescribedTensor][] => {
      const text = textOf(name);
      const tensor = describedTensor(each);
      return text !== undefined && tensor ? [[text, tensor]] : [];
    });
    // A single whole number is a counter or an epoch, not a weight.
    const weights = described.filter(
      ([name, { dtype, shape }]) => !counter.test(name) && (isFloatType(dtype) || shape.length > 0),
    );
    if (weights.length > 0) {
      candidates.push({
        key,
        tensors: weights.map(([name, tensor]) => {
          if (tensor.dtype !== 'F32') widenedTypes.add(tensor.dtype);
          return { name, shape: tensor.shape, data: tensorData(name, tensor, storages, path) };
        }),
      });
    }
    if (depth === deepest) return;
    for (const [name, inner] of dict.entries) {
      const text = textOf(name);
      const deeper = dictOf(inner);
      if (text !== undefined && deeper && !skipped.test(text))
        walk(deeper, key ? `${key}.${text}` : text, depth + 1);
    }
  };
  const root = dictOf(value);
  if (root) walk(root, '', 0);
  if (candidates.length === 0) {
    throw new Problem(
      'import.no-tensors',
      `${path} has no tensors by name; save the weights with torch.save(net.state_dict(), "net.pt")`,
      { path },
    );
  }
  const notes = [...widenedTypes].map(importNotes.widened);
  return { candidates, ordered: true, notes };
}
