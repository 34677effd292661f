/**
 * Formats keys for people. Bindings are in tinykeys' notation: `$mod+k`, `[Shift]+?` (the bracketed key may be held),
 * `g r` (one after another).
 */

const macSigns: Readonly<Record<string, string>> = {
  $mod: '⌘',
  Meta: '⌘',
  Control: '⌃',
  Alt: '⌥',
  Shift: '⇧',
};
const otherSigns: Readonly<Record<string, string>> = { $mod: 'Ctrl', Control: 'Ctrl', Meta: 'Win' };
const signs: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
  Delete: 'Del',
  Backspace: '⌫',
  Enter: '↵',
  ' ': 'Space',
  Space: 'Space',
};

export function isMac(platform: string = globalThis.navigator?.platform ?? ''): boolean {
  return /^(Mac|iP)/.test(platform);
}

/** Returns the presses of a binding, each a list of keys to be held together: `$mod+k` is [['Ctrl', 'K']]. */
export function describeKeys(binding: string, mac: boolean = isMac()): string[][] {
  return binding.split(' ').map((press) =>
    press
      .split(/(?<=.)\+(?=.)/)
      .filter((key) => !/^\[.+\]$/.test(key))
      .filter((key, index, all) => !(key === 'Shift' && index < all.length - 1 && isSign(all.at(-1)!)))
      .map((key) => (mac ? macSigns : otherSigns)[key] ?? signs[key] ?? name(key)),
  );
}

/** Returns the value for screen readers' `aria-keyshortcuts`, which has no sequences. */
export function ariaKeys(binding: string, mac: boolean = isMac()): string | undefined {
  if (binding.includes(' ')) return undefined;
  return binding.replace('$mod', mac ? 'Meta' : 'Control').replace(/\[\w+\]\+/g, '');
}

/** Returns whether the key is a sign: Shift is then only needed to type it (`Shift+?`) and is not shown. */
function isSign(key: string): boolean {
  return key.length === 1 && !/[\p{L}\d]/u.test(key);
}

function name(key: string): string {
  const letter = /^(?:Key|Digit)(.)$/.exec(key)?.[1] ?? key;
  return letter.length === 1 ? letter.toUpperCase() : letter;
}
