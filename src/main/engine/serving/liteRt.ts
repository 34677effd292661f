/**
 * Loads and runs a file with LiteRT (npm @litertjs/core, WebAssembly). The package is made for browsers,
 * where scripts put their result into the global scope: here the script runs as a function, and the global
 * scope is restored afterwards.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as Core from '@litertjs/core';
import type { TensorValues } from '../../../shared/inspect/inspection.ts';

export interface LiteRtOrder {
  readonly file: string;
  /** Images as images × height × width × channels. */
  readonly images: TensorValues;
}

export interface LiteRtAnswer {
  readonly version: string;
  /** Outputs as images × classes. */
  readonly outputs: TensorValues;
}

type LiteRt = typeof Core;

const requireHere = createRequire(import.meta.url);
let loading: Promise<LiteRt> | undefined;

/**
 * Runs the images one by one, because the file's batch is 1 unless it is resized, which this runtime does not
 * support.
 */
export async function runLiteRt({ file, images }: LiteRtOrder): Promise<LiteRtAnswer> {
  loading ??= load();
  const { loadAndCompile, Tensor } = await loading;
  const model = await loadAndCompile(await readFile(file), { accelerator: 'wasm' });
  try {
    const [count = 0, ...shape] = images.shape;
    const size = shape.reduce((a, b) => a * b, 1);
    const rows: Float32Array[] = [];
    for (let i = 0; i < count; i += 1) {
      const image = new Tensor(images.data.slice(i * size, (i + 1) * size), [1, ...shape]);
      const results = await model.run(image);
      rows.push(Float32Array.from((results[0] as InstanceType<LiteRt['Tensor']>).toTypedArray()));
      for (const each of [image, ...results]) each.delete();
    }
    const classes = rows[0]?.length ?? 0;
    const data = new Float32Array(count * classes);
    rows.forEach((row, i) => data.set(row, i * classes));
    const { version } = requireHere('@litertjs/core/package.json') as { version: string };
    return { version, outputs: { shape: [count, classes], data } };
  } finally {
    model.delete();
  }
}

async function load(): Promise<LiteRt> {
  const quiet = () => undefined;
  const scope = globalThis as unknown as Record<string, unknown>;
  const { warn } = console;
  scope['self'] = globalThis;
  // It logs to the error stream, which belongs to the program.
  scope['Module'] = { print: quiet, printErr: quiet };
  scope['importScripts'] = (path: string) => {
    scope['ModuleFactory'] = moduleFactory(path);
  };
  // It warns that there is no GPU, which is not used anyway.
  console.warn = quiet;
  try {
    const liteRt = await import('@litertjs/core');
    const folder = join(dirname(requireHere.resolve('@litertjs/core/package.json')), 'wasm');
    await liteRt.loadLiteRt(`${folder}${sep}`);
    return liteRt;
  } finally {
    console.warn = warn;
    for (const name of ['self', 'Module', 'importScripts', 'ModuleFactory'])
      Reflect.deleteProperty(scope, name);
  }
}

/** Evaluates the script as a CommonJS module; its package wrongly declares it to be an ES module. */
function moduleFactory(path: string): unknown {
  const source = `${readFileSync(path, 'utf8')}\nreturn ModuleFactory;`;
  const script = compileFunction(source, ['require', '__filename', '__dirname'], { filename: path });
  return (script as (...values: unknown[]) => unknown)(requireHere, path, dirname(path));
}
