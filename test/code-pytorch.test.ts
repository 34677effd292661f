/**
 * The code view's PyTorch, run in PyTorch: with seed 0 both presets print the losses of the traces, which the course's
 * own scripts printed. Where there is no PyTorch (`TORCH_PYTHON`, else `python3`) the scripts are held against the
 * course's, statement by statement, in everything that decides on their numbers.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { findTorch, makeTorchvisionRoot } from '../scripts/bench/python.ts';
import { parsePyTorch } from '../src/shared/code/parsePyTorch.ts';
import { toPyTorch } from '../src/shared/code/pytorch.ts';
import type { PyTorchStyle } from '../src/shared/code/pytorchModel.ts';
import { layerTypes } from '../src/shared/layers/index.ts';
import { presets } from '../src/shared/network/presets.ts';
import { summarize } from '../src/shared/network/shapes.ts';
import { trainingSettingsSchema } from '../src/shared/training/training.ts';
import { removeFolder, temporaryFolder } from './support/lab.ts';
import { randomNetworks } from './support/randomNetworks.ts';

const torch = await findTorch();
const home = temporaryFolder();
afterAll(() => {
  removeFolder(home);
});

interface Trace {
  first_batch_losses: number[];
  epochs: { running_loss: { batch: number; loss: number }[]; test_correct: number }[];
}
const traceOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`vectors/traces/${name}-seed0.json`, import.meta.url), 'utf8')) as Trace;

const cases = [
  { name: 'course', style: 'class' },
  { name: 'homework', style: 'sequential' },
] as const;

function scriptOf(name: string, style: PyTorchStyle): string {
  const preset = presets.find(({ network }) => network.name === name);
  if (!preset) throw new Error(name);
  return toPyTorch(preset.network, { style, settings: { ...preset.settings, epochs: 1, seed: 0 } });
}

async function python(file: string, ...args: string[]): Promise<string> {
  if (!('python' in torch)) throw new Error(torch.missing);
  const { stdout } = await promisify(execFile)(torch.python, [file, ...args], {
    cwd: home,
    env: { ...process.env, OMP_NUM_THREADS: '1' },
    timeout: 170_000,
  });
  return stdout;
}

describe.runIf('python' in torch)('in PyTorch', () => {
  test.each(cases)('an epoch of $name gives the losses of its trace', async ({ name, style }) => {
    const root = join(home, name);
    mkdirSync(root);
    await makeTorchvisionRoot(root, { trainImages: 60_000, testImages: 10_000 });
    const file = join(home, `${name}.py`);
    writeFileSync(file, scriptOf(name, style));
    const lines = await python(file, root);
    const [epoch] = traceOf(name).epochs;
    const printed = [...lines.matchAll(/\[1, +(\d+)\] loss: ([\d.]+)/g)].map(([, batch, loss]) => [
      Number(batch),
      Number(loss),
    ]);
    expect(printed.map(([batch]) => batch)).toEqual(epoch?.running_loss.map(({ batch }) => batch));
    for (const [i, { loss }] of (epoch?.running_loss ?? []).entries())
      expect(Math.abs((printed[i]?.[1] ?? NaN) - loss), lines).toBeLessThan(0.0016);
    const correct = Number(/\((\d+) of 10000\)/.exec(lines)?.[1]);
    expect(Math.abs(correct - (epoch?.test_correct ?? NaN)), lines).toBeLessThanOrEqual(10);
  });

  test('models of all kinds of layers are made, and give what Stride says of them', async () => {
    const networks = randomNetworks(60);
    const sections = networks.flatMap((network, i) =>
      (['class', 'sequential'] as const).map((style) => {
        const code = toPyTorch(network, { style });
        const model = code.slice(
          code.indexOf('\n\n', code.indexOf('test_loader =')),
          code.indexOf('criterion ='),
        );
        const { channels, height, width } = network.input;
        return `${model}
model.eval()
print(${i}, tuple(model(torch.zeros(3, ${channels}, ${height}, ${width})).shape),
      sum(p.numel() for p in model.parameters()))
`;
      }),
    );
    const file = join(home, 'models.py');
    writeFileSync(
      file,
      `import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n${sections.join('\n')}`,
    );
    const lines = (await python(file)).trim().split('\n');
    const expected = networks.flatMap((network, i) => {
      const { output, parameterCount } = summarize(network);
      const line = `${i} (3, ${output.kind === 'flat' ? output.features : '?'}) ${parameterCount}`;
      return [line, line];
    });
    expect(lines).toEqual(expected);
  });

  test('every training setting is code that runs', async () => {
    const root = join(home, 'small');
    mkdirSync(root);
    await makeTorchvisionRoot(root, { trainImages: 640, testImages: 200 });
    const [course] = presets;
    const common = { epochs: 2, batchSize: 64 };
    const all = [
      {
        optimizer: { type: 'adamW', weightDecay: 0.1 },
        schedule: { type: 'oneCycle' },
        clipping: { type: 'norm', maximum: 1 },
      },
      {
        optimizer: { type: 'rmsProp', momentum: 0.1 },
        schedule: { type: 'cosine', warmUpSteps: 3 },
        labelSmoothing: 0.1,
      },
      {
        optimizer: { type: 'adagrad' },
        schedule: { type: 'oneCycle', warmUpSteps: 3 },
        initialisation: { type: 'xavierNormal' },
      },
      {
        optimizer: { type: 'sgd', nesterov: true, momentum: 0.9 },
        schedule: { type: 'step', stepSize: 1 },
        normalisation: 'dataset',
        augmentation: { shift: 2, rotation: 10, scale: 0.1, horizontalFlip: true, noise: 0.1 },
        validation: { fraction: 0.2 },
        earlyStopping: { metric: 'validationLoss', patience: 1 },
      },
      {
        schedule: { type: 'exponential', warmUpSteps: 2 },
        normalisation: 'none',
        clipping: { type: 'value', maximum: 0.1 },
        earlyStopping: { metric: 'trainLoss', patience: 2, minimumChange: 0.1 },
      },
    ].map((each) => trainingSettingsSchema.parse({ ...common, ...each }));
    for (const [i, settings] of all.entries()) {
      const file = join(home, `settings-${i}.py`);
      writeFileSync(file, toPyTorch((course as (typeof presets)[number]).network, { settings }));
      const out = await python(file, root);
      expect(out.match(/accuracy on test set: \d+\.\d\d %/g)?.length, out).toBeGreaterThanOrEqual(1);
    }
  });
});

/** What decides on a script's numbers, in the order in which it happens, without names and spaces. */
function decisive(script: string): string[] {
  const wanted =
    /nn\.(Conv2d|Linear)\(|DataLoader\(|transforms\.|optim\.|Loss\(|manual_seed|zero_grad|backward\(|\.step\(|criterion\(|% 300|loss\.item|F\.relu|MaxPool2d/;
  return script
    .split('\n')
    .filter((line) => wanted.test(line) && !/^(import|from)/.test(line))
    .map((line) =>
      line
        .replace(/#.*/, '')
        .replace(/^\s*(x|self\.\w+|return)? *=? */, '')
        .trim(),
    );
}

test.each(cases.map(({ name }) => name))("%s: the same statements as the course's script", (name) => {
  const course = decisive(readFileSync(new URL(`../scripts/bench/${name}.py`, import.meta.url), 'utf8'));
  const own = decisive(scriptOf(name, 'class'));
  expect(own[0]).toBe('torch.manual_seed(0)');
  const modules = (lines: string[]) => lines.filter((line) => /^nn\.(Conv2d|Linear)/.test(line));
  expect(modules(own)).toEqual(modules(course));
  expect(own.slice(1).filter((line) => !line.startsWith('nn.'))).toEqual(
    course.filter((line) => !line.startsWith('nn.')),
  );
});

test('every layer kind is in the code, in both styles, and no line is broken', () => {
  const seen = new Set<string>();
  for (const network of randomNetworks(60)) {
    for (const style of ['class', 'sequential'] as const) {
      const { findings } = parsePyTorch(toPyTorch(network, { style }));
      expect(findings.filter(({ code }) => code === 'syntax')).toEqual([]);
    }
    for (const { type } of network.layers) seen.add(type);
  }
  expect([...seen].sort()).toEqual([...layerTypes].sort());
});
