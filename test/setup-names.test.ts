// TensorFlow's libraries get dynamic names of their own: tried on two libraries that are bound to each other as its two are, in a process
// that has loaded a library with the same names before.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readDynamicTable, stringAt } from '../scripts/setup/elf.mjs';
import {
  giveOwnNames,
  isPrepared,
  markPrepared,
  prepareLibraries,
  sharedNames,
} from '../scripts/setup/own-names.mjs';
import { compile, hasCompiler } from './support/sharedLibrary.ts';

/** What the libraries carry of others' code: a function, a variable and a hook that nobody fills. */
const framework = `
  #include <stdlib.h>
  int crc32_value = 1;
  int crc32(void) { return crc32_value; }
  int _ZN4llvm5value(void) { return 10; }
  __attribute__((weak)) int sdallocx(void);
  int dstsub(void) { return sdallocx ? 100 : 0; }`;
const calls = `
  int crc32(void); extern int crc32_value; int _ZN4llvm5value(void); int dstsub(void);
  int TF_Answer(void) { return crc32() + crc32_value + _ZN4llvm5value() + dstsub(); }`;
const desktop = `
  int crc32_value = 2000;
  int crc32(void) { return 2000; }
  int _ZN4llvm5value(void) { return 2000; }
  int sdallocx(void) { return 1; }`;
/** argv: the desktop's library, TensorFlow's. */
const program = `
  #include <dlfcn.h>
  #include <stdio.h>
  int main(int argc, char **argv) {
    if (!dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL)) return 2;
    void *library = dlopen(argv[2], RTLD_LAZY | RTLD_LOCAL);
    int (*answer)(void) = library ? dlsym(library, "TF_Answer") : 0;
    if (!answer) { fprintf(stderr, "%s", dlerror()); return 3; }
    printf("%d", answer());
    return 0;
  }`;

describe.runIf(hasCompiler)('names of their own', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const answer = () =>
    execFileSync(at('program'), [at('libdesktop.so'), at('libtensorflow_cc.so.2')], { encoding: 'utf8' });

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stride-names-'));
    compile(
      framework,
      at('libtensorflow_framework.so.2'),
      '-shared',
      '-Wl,-soname,libtensorflow_framework.so.2',
    );
    const versions = at('versions');
    writeFileSync(versions, 'tensorflow { global: *; };');
    compile(
      calls,
      at('libtensorflow_cc.so.2'),
      '-shared',
      `-Wl,--version-script=${versions}`,
      '-Wl,-rpath,$ORIGIN',
      at('libtensorflow_framework.so.2'),
    );
    compile(desktop, at('libdesktop.so'), '-shared');
    compile(program, at('program'), '-ldl');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('bind the libraries to each other instead of to what came before', () => {
    expect(Number(answer())).toBeGreaterThan(2000);
    expect(sharedNames(at('libtensorflow_framework.so.2'))).toEqual(
      expect.arrayContaining(['crc32', 'sdallocx', '_ZN4llvm5value']),
    );
    const size = statSync(at('libtensorflow_cc.so.2')).size;
    prepareLibraries(folder);
    expect(answer()).toBe('12');
    expect(statSync(at('libtensorflow_cc.so.2')).size).toBe(size);
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      expect(sharedNames(at(name))).toEqual([]);
  });

  test('are given once: a second time changes nothing', () => {
    const before = readFileSync(at('libtensorflow_framework.so.2'));
    expect(giveOwnNames(at('libtensorflow_framework.so.2'))).toBe(0);
    expect(readFileSync(at('libtensorflow_framework.so.2')).equals(before)).toBe(true);
  });

  test('leave the C API, and what is asked of libc, as they are', () => {
    const { names, strings } = readDynamicTable(at('libtensorflow_cc.so.2'));
    const all = names.map(({ offset }) => stringAt(strings, offset));
    expect(all).toContain('TF_Answer');
    const foreign = readDynamicTable('/proc/self/exe');
    expect(foreign.names.some(({ foreignVersion }) => foreignVersion)).toBe(true);
  });

  test('are refused to a library with the old kind of hash table, and to what is no library', () => {
    compile(framework, at('old.so'), '-shared', '-Wl,--hash-style=sysv');
    expect(() => giveOwnNames(at('old.so'))).toThrow('.hash');
    copyFileSync(import.meta.filename, at('text.so'));
    expect(() => sharedNames(at('text.so'))).toThrow('no shared library');
  });

  test('are told by a mark, of the present way of preparing only', () => {
    expect(isPrepared(folder)).toBe(false);
    markPrepared(folder);
    expect(isPrepared(folder)).toBe(true);
    writeFileSync(at('own-names'), 'own0\n');
    expect(isPrepared(folder)).toBe(false);
  });
});
