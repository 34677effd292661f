import { expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ Menu: {}, ipcMain: {} }));
const { acceleratorOf } = await import('./menu.ts');

test('keys in Electron’s words', () => {
  expect(acceleratorOf('$mod+k')).toBe('CmdOrCtrl+K');
  expect(acceleratorOf('$mod+Shift+z')).toBe('CmdOrCtrl+Shift+Z');
  expect(acceleratorOf('Delete')).toBe('Delete');
  expect(acceleratorOf('Alt+ArrowUp')).toBe('Alt+Up');
});

test('a sequence, and a key that depends on the keyboard, have none', () => {
  for (const keys of ['g r', '[Shift]+?', '']) expect(acceleratorOf(keys)).toBeUndefined();
});
