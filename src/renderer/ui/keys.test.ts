import { expect, test } from 'vitest';
import { ariaKeys, describeKeys, isMac } from './keys.ts';

test.each([
  ['$mod+k', [['Ctrl', 'K']], [['⌘', 'K']]],
  ['Shift+?', [['?']], [['?']]],
  ['[Shift]+?', [['?']], [['?']]],
  ['g r', [['G'], ['R']], [['G'], ['R']]],
  ['$mod+Shift+z', [['Ctrl', 'Shift', 'Z']], [['⌘', '⇧', 'Z']]],
  ['Alt+ArrowUp', [['Alt', '↑']], [['⌥', '↑']]],
  ['Delete', [['Del']], [['Del']]],
  ['$mod++', [['Ctrl', '+']], [['⌘', '+']]],
  ['Shift+F10', [['Shift', 'F10']], [['⇧', 'F10']]],
])('%s', (binding, other, mac) => {
  expect(describeKeys(binding, false)).toEqual(other);
  expect(describeKeys(binding, true)).toEqual(mac);
});

test('screen readers are told of keys that are pressed together', () => {
  expect(ariaKeys('$mod+k', false)).toBe('Control+k');
  expect(ariaKeys('$mod+k', true)).toBe('Meta+k');
  expect(ariaKeys('[Shift]+?')).toBe('?');
  expect(ariaKeys('g r')).toBeUndefined();
});

test('platforms', () => {
  expect([isMac('MacIntel'), isMac('Linux x86_64'), isMac('Win32')]).toEqual([true, false, false]);
});
