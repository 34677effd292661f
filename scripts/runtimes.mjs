/**
 * npm run test:runtimes: exported nets in Python's own tools (PyTorch, ONNX Runtime, TensorFlow, Keras, safetensors). They
 * are installed into a virtual environment beside the packages, which takes some minutes and gigabytes the first time;
 * RUNTIMES_PYTHON names a Python that has them already. `npm test` runs what needs no Python: test/models.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { nodePath } from './setup/node.mjs';
import { setUp } from './setup.mjs';

const context = await setUp('test');
const packages = ['numpy', 'torch', 'onnx', 'onnxruntime', 'safetensors', 'tensorflow-cpu', 'keras'];

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: context.root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

function python() {
  const named = process.env['RUNTIMES_PYTHON'];
  if (named) return named;
  const folder = context.at('node_modules', '.cache', 'runtimes');
  const inside = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = path.join(folder, 'complete');
  if (fs.existsSync(complete)) return inside;
  run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]);
  run(inside, ['-m', 'pip', 'install', '--quiet', ...packages]);
  fs.writeFileSync(complete, '');
  return inside;
}

const interpreter = python();
const exports = fs.mkdtempSync(path.join(os.tmpdir(), 'stride-exports-'));
try {
  run(nodePath(context), [context.at('scripts', 'runtimes', 'exports.ts'), exports]);
  run(interpreter, [context.at('scripts', 'runtimes', 'check.py'), exports]);
} finally {
  fs.rmSync(exports, { recursive: true, force: true });
}
