/** Converts labels, numbers or names, to classes counted from 0. */
import { Problem } from '../../../shared/base/problem.ts';
import { mostClasses } from '../../../shared/datasets/importing.ts';

export interface Classes {
  readonly names: readonly string[];
  /** Class number by the number under which a label was noted. */
  readonly order: Uint8Array;
  /** Whether labels differ from their class numbers, as in EMNIST's letters, which begin with 1. */
  readonly renumbered: boolean;
}

export class LabelBook {
  readonly #known: readonly string[] | null;
  readonly #numbers = new Map<number | string, number>();

  /** Creates the labels; `known` are all classes in order, whose numbers or names the labels then are. */
  constructor(known: readonly string[] | null) {
    this.#known = known;
  }

  /** Returns the number under which this label is noted, in order of first appearance. */
  note(label: number | string, origin: string): number {
    const noted = this.#numbers.get(label);
    if (noted !== undefined) return noted;
    this.#require(label, origin);
    const number = this.#numbers.size;
    this.#numbers.set(label, number);
    return number;
  }

  #require(label: number | string, origin: string): void {
    const known = this.#known;
    if (known && !(typeof label === 'string' ? known.includes(label) : label in known)) {
      throw new Problem(
        'dataset.no-class',
        `${origin}: the label ${JSON.stringify(label)} is no class of this set, which has ${known.length}: ` +
          `0 to ${known.length - 1}`,
        { origin, label, count: known.length, last: known.length - 1 },
      );
    }
    if (typeof label === 'number' && (!Number.isInteger(label) || label < 0)) {
      throw new Problem(
        'dataset.label-number',
        `${origin}: the label is ${label}; a whole number from 0 on would be right`,
        { origin, label },
      );
    }
    if (this.#numbers.size === mostClasses) {
      throw new Problem(
        'dataset.too-many-classes',
        `${origin}: this is the ${mostClasses + 1}th class; a set has at most ${mostClasses}. Perhaps these are no labels`,
        { origin, most: mostClasses },
      );
    }
  }

  classes(): Classes {
    const labels = [...this.#numbers.keys()];
    const known = this.#known;
    const sorted = known ? [] : labels.toSorted(byLabel);
    const names = known ?? sorted.map(String);
    const order = Uint8Array.from(labels, (label) =>
      known ? (typeof label === 'number' ? label : known.indexOf(label)) : sorted.indexOf(label),
    );
    const renumbered = !known && sorted.some((label, i) => typeof label === 'number' && label !== i);
    return { names, order, renumbered };
  }
}

/** Compares numbers by value and names by code unit, as torchvision's ImageFolder sorts them. */
function byLabel(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
