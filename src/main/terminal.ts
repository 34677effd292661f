/**
 * The terminal host. This file only connects the parts in `terminal/`. It must not import `electron`, not
 * even indirectly.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import importerPath from './datasets/import/importThread?modulePath';
import workerPath from './engine/worker?modulePath';
import { exitCodes } from './host/exitCodes.ts';
import { createLab } from './lab/lab.ts';
import { loadTensorflowAhead } from './lab/threads/loadAhead.ts';
import { runTerminal } from './terminal/program.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

process.exitCode = await runTerminal(
  {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    platform: process.platform,
    signals: process,
    kill: () => process.exit(exitCodes.interrupted),
    loadAhead: () => loadTensorflowAhead(workerPath, availableParallelism()),
    createLab: (host) => createLab({ host, workerPath, importerPath }),
    renderer: here('../renderer'),
    doctor: here('../../scripts/doctor.mjs'),
  },
  process.argv.slice(2),
);
