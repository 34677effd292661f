/**
 * Data sets that have the same file names, distinguished by the hash of the imported files: a set that
 * differs in one pixel is the user's own. EMNIST's six sets are recognised by their file names.
 */
export interface KnownSet {
  /** Id as in code for torchvision and Keras. */
  readonly id: string;
  readonly name: string;
  readonly classes: readonly string[];
}

const digits = Array.from({ length: 10 }, (_, digit) => String(digit));

const fashion: KnownSet = {
  id: 'fashion-mnist',
  name: 'Fashion-MNIST',
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
};

const byHash: Readonly<Record<string, KnownSet>> = {
  '14410854cf7a289477dcfc7df3f8ec24741e281cdcc425ede0d9a748ca630214': fashion,
};

export function knownSet(hash: string): KnownSet | null {
  return byHash[hash] ?? null;
}

const capitals = Array.from({ length: 26 }, (_, i) => String.fromCharCode(65 + i));
const smalls = capitals.map((letter) => letter.toLowerCase());
/** Letters whose upper and lower case are one class in EMNIST's balanced and bymerge. */
const merged = new Set([...'cijklmopsuvwxyz']);
const mergedClasses = [...digits, ...capitals, ...smalls.filter((letter) => !merged.has(letter))];

/** EMNIST's classes in the order of their labels, by the part of its file names. */
const emnist: Readonly<Record<string, readonly string[]>> = {
  byclass: [...digits, ...capitals, ...smalls],
  bymerge: mergedClasses,
  balanced: mergedClasses,
  // Its labels begin with 1, so no image has label 0.
  letters: ['-', ...smalls],
  digits,
  mnist: digits,
};

/** Returns the EMNIST set that a file's name indicates, as in `emnist-letters-train-images-idx3-ubyte`. */
export function emnistSet(fileName: string): KnownSet | null {
  const split = /^emnist-(byclass|bymerge|balanced|letters|digits|mnist)-/i
    .exec(fileName)?.[1]
    ?.toLowerCase();
  const classes = split === undefined ? undefined : emnist[split];
  return classes ? { id: `emnist-${split}`, name: `EMNIST ${split}`, classes } : null;
}
