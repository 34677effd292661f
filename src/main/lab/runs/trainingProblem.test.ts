import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lookInside } from './trainingProblem.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-addon-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is missing is named, with how to get it', () => {
  expect(lookInside(folder)).toMatchObject({
    code: 'training.no-addon',
    message: expect.stringContaining('doctor'),
  });

  mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  expect(lookInside(folder)?.code).toBe('training.no-library');

  const libraries = join(folder, 'deps', 'lib');
  mkdirSync(libraries, { recursive: true });
  writeFileSync(join(libraries, 'README'), '');
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so.2'));
  expect(lookInside(folder)?.code).toBe('training.no-library');

  writeFileSync(join(libraries, 'libtensorflow_cc.so.2'), '');
  expect(lookInside(folder)).toBeNull();
});

test.each(['libtensorflow.2.dylib', 'tensorflow.dll', 'libtensorflow.so'])('%s is libtensorflow', (file) => {
  mkdirSync(join(folder, 'lib', 'napi-v8'), { recursive: true });
  writeFileSync(join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  mkdirSync(join(folder, 'deps', 'lib'), { recursive: true });
  writeFileSync(join(folder, 'deps', 'lib', file), '');
  expect(lookInside(folder)).toBeNull();
});
