// How set-up comes to its library: a pinned wheel, by pip, into the cache. The wheel is a tiny one that the test makes,
// and pip takes it from a folder, so nothing is fetched.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { SetupError } from '../scripts/setup/errors.mjs';
import {
  fetchLibrary,
  isWhole,
  libraryFolder,
  MEMBERS,
  sha256Of,
  unpackWheel,
  WHEELS,
} from '../scripts/setup/library.mjs';
import { ARCHIVES } from '../scripts/setup/archive.mjs';
import * as tensorflow from '../scripts/setup/tensorflow.mjs';
import { sharedNames } from '../scripts/setup/own-names.mjs';
import { compile, hasCompiler } from './support/sharedLibrary.ts';
import { type Checkout, makeCheckout } from './support/setup.ts';

const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

/** Writes a zip file with Python's own writer, which set-up's reader is to read. */
const WRITE_ZIP = `
import base64, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    for name, text in json.load(sys.stdin).items():
        z.writestr(name, base64.b64decode(text))
`;

/** The wheel's libraries are small ones, with a name that others have too. */
function library(folder: string): Buffer {
  const file = join(folder, 'library.so');
  compile('int crc32(void) { return 1; } int TF_Version(void) { return crc32(); }', file, '-shared');
  return readFileSync(file);
}

const files = {
  ...Object.fromEntries(
    Object.keys(MEMBERS)
      .filter((member) => member.endsWith('.h'))
      .map((member) => [member, `content of ${member}`]),
  ),
  'tensorflow/python/large.py': 'not wanted',
  'stride_test_wheel-1.0.dist-info/METADATA':
    'Metadata-Version: 2.1\nName: stride-test-wheel\nVersion: 1.0\n',
  'stride_test_wheel-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  'stride_test_wheel-1.0.dist-info/RECORD': '',
};

describe.runIf(hasPip && hasCompiler)('the wheel', () => {
  let checkout: Checkout;
  let file: string;
  let sha256: string;

  beforeEach(() => {
    checkout = makeCheckout();
    const folder = join(checkout.root, 'wheels');
    mkdirSync(folder);
    file = join(folder, 'stride_test_wheel-1.0-py3-none-any.whl');
    const so = library(checkout.root);
    const libraries = Object.fromEntries(
      Object.keys(MEMBERS)
        .filter((member) => !member.endsWith('.h'))
        .map((member) => [member, so.toString('base64')]),
    );
    const texts = Object.entries(files).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
    execFileSync('python3', ['-c', WRITE_ZIP, file], {
      input: JSON.stringify({ ...libraries, ...Object.fromEntries(texts) }),
    });
    sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    Object.assign(checkout.env, { PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder, PIP_CONFIG_FILE: '/dev/null' });
  });

  const line = () => checkout.report.begin('TensorFlow', 'looking');
  const wheel = (hash = sha256) => ({
    project: 'stride-test-wheel',
    version: '1.0',
    python: '3.11',
    platform: 'any',
    sha256: hash,
  });

  test('gives the libraries, prepared, and the headers, nothing else, and is removed', async () => {
    const folder = join(checkout.root, 'library');
    await unpackWheel(file, sha256, folder, 'python3', line());
    const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(found).toHaveLength(Object.keys(MEMBERS).length + 1);
    expect(readFileSync(join(folder, 'include/tensorflow/c/c_api.h'), 'utf8')).toBe(
      'content of tensorflow/include/tensorflow/c/c_api.h',
    );
    expect(sharedNames(join(folder, 'lib/libtensorflow_cc.so.2'))).toEqual([]);
    expect(existsSync(file)).toBe(false);
    expect(isWhole(folder)).toBe(true);
  });

  test('of another hash is refused with both hashes, and removed', async () => {
    const folder = join(checkout.root, 'library');
    const wanted = '0'.repeat(64);
    const problem = await unpackWheel(file, wanted, folder, 'python3', line()).catch(
      (error: unknown) => error,
    );
    expect(problem).toBeInstanceOf(SetupError);
    expect((problem as Error).message).toContain(sha256);
    expect((problem as Error).message).toContain(wanted);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('that lacks a file is refused', async () => {
    const members = { 'tensorflow/none.so': 'lib/none.so' };
    const folder = join(checkout.root, 'library');
    await expect(unpackWheel(file, sha256, folder, 'python3', line(), members)).rejects.toThrow(SetupError);
    expect(isWhole(folder)).toBe(false);
  });

  test('comes by pip into the cache, once', async () => {
    const context = checkout.context();
    const folder = await fetchLibrary(context, line(), wheel());
    expect(folder).toBe(libraryFolder(context, wheel()));
    expect(isWhole(folder)).toBe(true);
    expect(readdirSync(context.cache)).toHaveLength(1);
    checkout.env['PIP_FIND_LINKS'] = '/nowhere';
    expect(await fetchLibrary(checkout.context(), line(), wheel())).toBe(folder);
  });

  test('of a wrong hash leaves nothing behind, and the next try begins anew', async () => {
    const context = checkout.context();
    await expect(fetchLibrary(context, line(), wheel('f'.repeat(64)))).rejects.toThrow('SHA-256');
    expect(readdirSync(context.cache)).toEqual([]);
    expect(isWhole(await fetchLibrary(context, line(), wheel()))).toBe(true);
  });

  test('half extracted, or damaged later, is done again', async () => {
    const context = checkout.context();
    const folder = libraryFolder(context, wheel());
    checkout.write(`cache/${folder.slice(context.cache.length + 1)}/lib/libtensorflow_cc.so.2`, 'half');
    const deadPid = spawnSync(process.execPath, ['-e', '']).pid;
    checkout.write(`cache/working-${deadPid}/stride_test_wheel.whl`, 'what a killed set-up left');
    expect(isWhole(await fetchLibrary(context, line(), wheel()))).toBe(true);
    expect(readdirSync(context.cache)).toHaveLength(1);

    truncateSync(join(folder, 'lib/libtensorflow_cc.so.2'), 3);
    expect(isWhole(folder)).toBe(false);
    expect(isWhole(await fetchLibrary(context, line(), wheel()))).toBe(true);
  });

  test('that pip cannot get is an error with what pip said', async () => {
    checkout.env['PIP_FIND_LINKS'] = join(checkout.root, 'empty');
    mkdirSync(join(checkout.root, 'empty'));
    const problem = await fetchLibrary(checkout.context(), line(), wheel()).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(SetupError);
    expect((problem as SetupError).output).toContain('stride-test-wheel');
    expect(readdirSync(checkout.context().cache)).toEqual([]);
  });
});

describe('without any library', () => {
  const bare = () => {
    // Neither pip nor curl.
    const checkout = makeCheckout({ PATH: '/nowhere' });
    checkout.write('node_modules/@tensorflow/tfjs-node/package.json', '{}');
    return checkout;
  };

  test('a start goes on, says what to do, and does not try again the same day', async () => {
    const checkout = bare();
    await tensorflow.install(checkout.context(), checkout.report);
    expect(checkout.said()).toContain('nets cannot be trained yet');
    expect(checkout.said()).toContain('pip was not found');
    expect(checkout.said()).toContain('npm run doctor');
    const before = checkout.said();
    await tensorflow.install(checkout.context(), checkout.report);
    expect(checkout.said()).toBe(before);
    expect(tensorflow.isDone(checkout.context())).toBe(false);
  });

  test('tests fail with the same words', async () => {
    const checkout = bare();
    await tensorflow.install(checkout.context(), checkout.report);
    const again = tensorflow.install(checkout.context(), checkout.report, { required: true });
    await expect(again).rejects.toThrow(/pip was not found[^]*npm run doctor/);
  });
});

test('every pinned hash is a SHA-256', () => {
  for (const { sha256 } of [...Object.values(WHEELS), ...Object.values(ARCHIVES)]) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});

test('a file is hashed in pieces, with its progress', async () => {
  const checkout = makeCheckout();
  const file = join(checkout.root, 'large');
  const content = Buffer.alloc(9_000_000, 'stride');
  writeFileSync(file, content);
  const shares: number[] = [];
  expect(await sha256Of(file, (share) => shares.push(share))).toBe(
    createHash('sha256').update(content).digest('hex'),
  );
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.at(-1)).toBe(1);
});
