/** Checks the C source by compiling it with the machine's compiler and running it on the images. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Problem } from '../../../../shared/base/problem.ts';
import { forwardScript } from '../../../export/html/forward.ts';
import { modelData } from '../../../export/html/index.ts';
import { type PlainNode, plainProgram } from '../../../export/plain/program.ts';
import { type Check, type CheckInput, type Checked, imagesFor } from './check.ts';
import { forwarded } from './html.ts';

const run = promisify(execFile);
/** Limit for a program that hangs; a small net takes a second. */
const patience = 120_000;

/** Reads images from standard input and writes their outputs to standard output. */
const program = `#include <stdio.h>
#include "model.h"
int main(void)
{
    static float input[MODEL_INPUTS];
    float output[MODEL_CLASSES];
    while (fread(input, sizeof input, 1, stdin) == 1) {
        model_predict(input, output);
        if (fwrite(output, sizeof output, 1, stdout) != 1) return 1;
    }
    return 0;
}
`;

export const checkC: Check = async (input) => ((await hasCompiler()) ? compiled(input) : readBack(input));

async function hasCompiler(): Promise<boolean> {
  try {
    await run('cc', ['--version'], { timeout: patience });
    return true;
  } catch {
    return false;
  }
}

async function compiled(input: CheckInput): Promise<Checked> {
  const work = await mkdtemp(join(tmpdir(), 'stride-cc-'));
  try {
    const main = join(work, 'main.c');
    const binary = join(work, 'model');
    await writeFile(main, program);
    const flags = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-O1', `-I${input.folder}`];
    try {
      await run('cc', [...flags, join(input.folder, 'model.c'), main, '-lm', '-o', binary], {
        timeout: patience,
      });
    } catch (error) {
      const { stderr = '' } = error as { stderr?: string };
      const [detail = ''] = stderr.split('\n').filter((line) => line.includes('error'));
      throw new Problem('export.compiler', `the C source was not compiled by this machine's cc: ${detail}`, {
        detail,
      });
    }
    return { runtime: 'cc -std=c99', outputs: [await piped(binary, imagesFor(input).data)] };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function piped(binary: string, images: Float32Array): Promise<Float32Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Float32Array>();
  const child = spawn(binary, { stdio: ['pipe', 'pipe', 'inherit'], timeout: patience });
  const parts: Buffer[] = [];
  child.on('error', reject);
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.on('close', () => {
    const bytes = Uint8Array.from(Buffer.concat(parts));
    resolve(new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4)));
  });
  child.stdin.end(Buffer.from(images.buffer, images.byteOffset, images.byteLength));
  return promise;
}

/**
 * Computes the outputs in JavaScript from the weights in the source. This checks the weights, but not that
 * the C code compiles.
 */
async function readBack(input: CheckInput): Promise<Checked> {
  const source = await readFile(join(input.folder, 'model.c'), 'utf8');
  const { model } = input.source;
  const nodes = plainProgram(model, input.options).map((node) => withNumbersOf(source, node));
  const outputs = forwarded(forwardScript, JSON.stringify(modelData(model, nodes)), imagesFor(input));
  return { runtime: 'Stride, with the numbers of the source (there is no cc here)', outputs: [outputs] };
}

function withNumbersOf(source: string, node: PlainNode): PlainNode {
  if (!('op' in node)) {
    const inner = (nodes: readonly PlainNode[]) => nodes.map((each) => withNumbersOf(source, each));
    return { ...node, main: inner(node.main), side: inner(node.side) };
  }
  const op = Object.fromEntries(
    Object.entries(node.op).map(([key, value]: [string, unknown]) =>
      value instanceof Float32Array ? [key, numbersIn(source, `${node.name}_${key}`)] : [key, value],
    ),
  ) as typeof node.op;
  return { ...node, op };
}

function numbersIn(source: string, name: string): Float32Array {
  const text = new RegExp(`static const float ${name}\\[\\d+\\] MODEL_ALIGNED = \\{([^}]*)\\}`).exec(source);
  return Float32Array.from((text?.[1] ?? '').split(','), (each) => Number(each.trim().replace(/f$/, '')));
}
