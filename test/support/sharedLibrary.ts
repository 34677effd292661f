/** Small shared libraries of C, for what is done to TensorFlow's. They are compiled once a process. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

/** Compiles C to a shared library, or to a program. */
export function compile(source: string, output: string, ...options: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'stride-c-'));
  try {
    const file = join(folder, 'source.c');
    writeFileSync(file, source);
    const kind = options.includes('-shared') ? ['-fPIC', '-Wl,--hash-style=gnu'] : [];
    execFileSync('gcc', ['-O1', ...kind, '-o', output, file, ...options], { stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
