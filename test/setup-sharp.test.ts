import { expect, test } from 'vitest';
import { Context } from '../scripts/setup/context.mjs';
import { sharedNames } from '../scripts/setup/own-names.mjs';
import { sharpFiles } from '../scripts/setup/sharp.mjs';

test.runIf(process.platform === 'linux')('no name of the GLib in libvips can be bound to that of GTK', () => {
  const files = sharpFiles(new Context());
  expect(files).toHaveLength(2);
  expect(files.flatMap((file) => sharedNames(file)).filter((name) => /^_?g_/.test(name))).toEqual([]);
});
