/**
 * The built terminal host as a contestant: `stride train` for six epochs, one process per turn, as a user
 * runs it.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { EpochRecord } from '../../src/shared/runs/runs.ts';
import { type HostOptions, epochsOfRun, hostEpoch } from './hosts.ts';
import { serve } from './serve.ts';

const program = fileURLToPath(new URL('../../out/main/terminal.js', import.meta.url));

await serve<HostOptions>(async ({ network, trainImages }) => {
  const home = mkdtempSync(join(tmpdir(), 'stride-bench-home-'));
  process.on('exit', () => {
    rmSync(home, { recursive: true, force: true });
  });
  return {
    ready: { versions: {} },
    async epoch() {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [program, 'train', network, '--epochs', String(epochsOfRun), '--seed', '0', '--json'],
        { env: { ...process.env, STRIDE_HOME: home }, maxBuffer: 2 ** 26 },
      );
      const epochs = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as EpochRecord & { readonly type: string })
        .filter(({ type }) => type === 'epoch');
      return hostEpoch(epochs, trainImages);
    },
  };
});
