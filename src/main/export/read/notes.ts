/**
 * Notes for the user about decisions made while a file of weights was read, in the form of problems, in both
 * languages.
 */
import { type ProblemRecord, Problem } from '../../../shared/base/problem.ts';

export const importNotes = {
  prefix: (prefix: string): ProblemRecord =>
    new Problem('import.note-prefix', `the prefix "${prefix}" was taken off all names`, {
      prefix,
    }).toRecord(),
  key: (key: string): ProblemRecord =>
    new Problem('import.note-key', `the weights are those under "${key}"`, { key }).toRecord(),
  order: (): ProblemRecord =>
    new Problem(
      'import.note-order',
      "the names are the author's own, so the weights went by the order in which the class makes its modules",
    ).toRecord(),
  shapes: (): ProblemRecord =>
    new Problem(
      'import.note-shapes',
      "names and order are the author's own, so the weights went by their shapes, and where several modules have the same by their order",
    ).toRecord(),
  widened: (dtype: string): ProblemRecord =>
    new Problem('import.note-widened', `weights of type ${dtype} were turned into float32`, {
      dtype,
    }).toRecord(),
  notNormalised: (): ProblemRecord =>
    new Problem(
      'import.note-not-normalised',
      'the file says nothing of how pixels are normalised; Stride normalises them as the settings say',
    ).toRecord(),
  leftOut: (operation: string): ProblemRecord =>
    new Problem(
      'import.note-left-out',
      `${operation} at the end was left out: training adds it to the loss`,
      { operation },
    ).toRecord(),
  trainingMode: (node: string): ProblemRecord =>
    new Problem(
      'import.note-training-mode',
      `${node} was saved in training mode; its running statistics are taken`,
      { node },
    ).toRecord(),
};
