import { expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ systemPreferences: {} }));
const { accentStyle } = await import('./accent.ts');

test('a colour as Electron gives it becomes the window’s accent; what is no colour changes nothing', () => {
  expect(accentStyle('0a84ffff')).toContain('--accent: light-dark(oklch(from #0a84ff 0.44');
  for (const none of [undefined, '', 'blue', '12345']) expect(accentStyle(none)).toBeUndefined();
});
