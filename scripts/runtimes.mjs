/**
 * npm run test:runtimes: tests exchange with Python's own tools (PyTorch, ONNX Runtime, LiteRT, TensorFlow,
 * Keras, safetensors) in both directions: Stride's exports are loaded there, and files that those tools write
 * are read here. The tools are installed into a virtual environment in Stride's cache, which takes minutes
 * and gigabytes the first time; RUNTIMES_PYTHON names a Python that has them already.
 *
 *     npm run test:runtimes
 *     npm run test:runtimes -- --write-vectors     rewrites test/vectors/models/tools, which `npm test` reads
 *
 * `npm test` runs what needs no Python: test/models.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('test');
const requirements = context.at('scripts', 'runtimes', 'requirements.txt');

/** @param {string} command @param {string[]} args */
function succeeds(command, args) {
  return spawnSync(command, args, { cwd: context.root, stdio: 'inherit' }).status === 0;
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  if (!succeeds(command, args)) process.exit(1);
}

function python() {
  const named = process.env['RUNTIMES_PYTHON'];
  if (named) return named;
  const windows = process.platform === 'win32';
  const folder = path.join(context.cache, 'runtimes');
  const inside = path.join(folder, windows ? 'Scripts/python.exe' : 'bin/python');
  // This file lists what was installed last. It is written at the end, so that an interrupted installation is
  // continued.
  const installed = path.join(folder, 'installed.txt');
  const wanted = fs.readFileSync(requirements, 'utf8');
  if (fs.existsSync(installed) && fs.readFileSync(installed, 'utf8') === wanted) return inside;
  process.stderr.write(`Installing ${requirements} into ${folder}. This takes some minutes and 7 GB.\n`);
  if (!fs.existsSync(inside) && !succeeds(windows ? 'python' : 'python3', ['-m', 'venv', folder])) {
    process.stderr.write('Python could not make a virtual environment; on Debian, install python3-venv.\n');
    process.exit(1);
  }
  run(inside, ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '-r', requirements]);
  fs.writeFileSync(installed, wanted);
  return inside;
}

const interpreter = python();
const script = (/** @type {string} */ name) => context.at('scripts', 'runtimes', name);
const vectors = context.at('test', 'vectors', 'models', 'tools');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'stride-runtimes-'));
const at = (/** @type {string} */ name) => path.join(work, name);
let passed = true;
try {
  if (process.argv.includes('--write-vectors')) {
    run(nodePath(context), [script('smallNet.ts'), at('small')]);
    fs.rmSync(vectors, { recursive: true, force: true });
    run(interpreter, [script('write.py'), at('small'), vectors]);
  } else {
    run(nodePath(context), [script('exports.ts'), at('exports')]);
    passed = succeeds(interpreter, [script('check.py'), at('exports')]);
    run(interpreter, [script('write.py'), at('exports'), at('written')]);
    passed = succeeds(nodePath(context), [script('imports.ts'), at('written')]) && passed;
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
process.exitCode = passed ? 0 : 1;
