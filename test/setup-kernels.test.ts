// How set-up comes to Stride's own kernels, and what it does where they cannot be built.
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { installKernels, isSupported, kernelsFile, sourcesDigest } from '../scripts/setup/kernels.mjs';
import { Context } from '../scripts/setup/context.mjs';
import { type Checkout, makeCheckout } from './support/setup.ts';

/** A checkout with the kernels' sources, and a place for the library. */
function withSources(checkout: Checkout): Checkout {
  cpSync(resolve('src', 'native'), join(checkout.root, 'src', 'native'), { recursive: true });
  mkdirSync(dirname(kernelsFile(checkout.context())), { recursive: true });
  return checkout;
}

const line = ({ report }: Checkout) => report.begin('TensorFlow', 'looking');

test('without a compiler, set-up goes on and says why; no library is left', async () => {
  const checkout = withSources(makeCheckout({ CXX: '/nowhere/g++' }));
  const context = checkout.context();
  checkout.write(
    join('node_modules', '@tensorflow', 'tfjs-node', 'lib', 'napi-v8', 'stride_kernels.node'),
    'old',
  );
  const why = await installKernels(context, join(checkout.root, 'library'), line(checkout));
  expect(why).toBe('/nowhere/g++ could not be started');
  expect(existsSync(kernelsFile(context))).toBe(false);
});

test('a source that does not compile is reported with its error', async () => {
  const checkout = withSources(makeCheckout());
  for (const name of ['lanes8', 'lanes16']) checkout.write(join('src', 'native', `${name}.cpp`), '');
  checkout.write(join('src', 'native', 'operations.cpp'), 'int broken = "text";\n');
  const why = await installKernels(checkout.context(), join(checkout.root, 'library'), line(checkout));
  expect(why).toMatch(/operations\.cpp.*error/);
});

test.each(['slide.h', join('tiles', 'winograd.h')])('a changed source is built again: %s', (name) => {
  const checkout = withSources(makeCheckout());
  const before = sourcesDigest(checkout.context());
  expect(sourcesDigest(checkout.context())).toBe(before);
  checkout.write(join('src', 'native', name), '// other\n');
  expect(sourcesDigest(checkout.context())).not.toBe(before);
});

test.each([
  ['linux', 'x64', true],
  ['linux', 'arm64', false],
  ['darwin', 'x64', false],
  ['win32', 'x64', false],
] as const)('%s on %s has kernels: %s', (platform, arch, expected) => {
  expect(isSupported(new Context({ platform, arch }))).toBe(expected);
});
