/**
 * Sets that people have under the same file names, told apart by the hash over what the lab makes of them: a set with one
 * other pixel is somebody's own. EMNIST's six sets are told by their file names.
 */
export interface KnownSet {
  /** As torchvision's and Keras' code is written for it. */
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
/** Whose capital and small letter are one class in EMNIST's balanced and bymerge. */
const merged = new Set([...'cijklmopsuvwxyz']);
const mergedClasses = [...digits, ...capitals, ...smalls.filter((letter) => !merged.has(letter))];

/** EMNIST's classes by the part of its file names, in the order of their labels. */
const emnist: Readonly<Record<string, readonly string[]>> = {
  byclass: [...digits, ...capitals, ...smalls],
  bymerge: mergedClasses,
  balanced: mergedClasses,
  // Its labels begin with 1; nothing has label 0.
  letters: ['-', ...smalls],
  digits,
  mnist: digits,
};

/** The EMNIST set that a file's name says it is of, as in `emnist-letters-train-images-idx3-ubyte`. */
export function emnistSet(fileName: string): KnownSet | null {
  const split = /^emnist-(byclass|bymerge|balanced|letters|digits|mnist)-/i
    .exec(fileName)?.[1]
    ?.toLowerCase();
  const classes = split === undefined ? undefined : emnist[split];
  return classes ? { id: `emnist-${split}`, name: `EMNIST ${split}`, classes } : null;
}
