/**
 * Tests whole scripts like public ones (test/scripts): the nets, settings and findings of each. For those that PyTorch
 * can run unchanged, `pytorch` holds what PyTorch itself built and did: the shapes of all parameters, the epochs in
 * which the optimizer stepped, the batch size of its loader.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Network } from '../../network/network.ts';
import { walkNetwork } from '../../network/shapes.ts';
import { parsePyTorch } from '../parsePyTorch.ts';

interface Expected {
  readonly trainings: readonly {
    readonly line: number;
    readonly settings: object;
    readonly input: object;
    readonly layers: readonly object[];
  }[];
  readonly findings: readonly string[];
  readonly pytorch?: readonly {
    readonly parameters: readonly (readonly number[])[];
    readonly lr: number;
    readonly epochs: number;
    readonly batchSize: number;
  }[];
}

const folder = new URL('../../../../test/scripts/', import.meta.url);
const files = readdirSync(folder).filter((file) => !file.endsWith('.json'));

const trainable = (network: Network | null): string[] =>
  network
    ? walkNetwork(network)
        .layers.flatMap(({ parameters }) => parameters.filter((parameter) => parameter.trainable))
        .map(({ shape }) => shape.join('×'))
        .sort()
    : [];

test('there are scripts', () => {
  expect(files.length).toBeGreaterThanOrEqual(12);
});

test.each(files)('%s', (file) => {
  const code = readFileSync(new URL(file, folder), 'utf8');
  const expected = JSON.parse(
    readFileSync(new URL(file.replace(/\.\w+$/, '.json'), folder), 'utf8'),
  ) as Expected;
  const pasted = parsePyTorch(code);
  expect(
    pasted.choices.map(({ line, settings, network }) => ({
      line,
      settings,
      input: network?.input,
      layers: network?.layers,
    })),
  ).toEqual(expected.trainings);
  const findings = pasted.findings.map(
    ({ severity, code: name, cell, line }) =>
      `${severity} ${name} ${cell === null ? '' : `${cell}:`}${line ?? '-'}`,
  );
  expect(findings).toEqual(expected.findings);
  if (!expected.pytorch) return;
  expect(
    pasted.choices.map(({ network, settings }) => ({
      parameters: trainable(network),
      lr: settings.optimizer?.learningRate,
      epochs: settings.epochs,
      batchSize: settings.batchSize,
    })),
  ).toEqual(
    expected.pytorch.map(({ parameters, lr, epochs, batchSize }) => ({
      parameters: parameters.map((shape) => shape.join('×')).sort(),
      lr,
      epochs,
      batchSize,
    })),
  );
});

test('another training of a script can be chosen', () => {
  const code = readFileSync(new URL('experiments.py', folder), 'utf8');
  const third = parsePyTorch(code, { choice: 2 });
  expect(third.chosen).toBe(2);
  expect(third.network?.layers[0]).toEqual({ type: 'conv2d', filters: 8, kernelSize: 5, stride: 2 });
  expect(third.settings).toMatchObject({ epochs: 2, batchSize: 32, optimizer: { type: 'adam' } });
});
