/**
 * A net and its training as a JavaScript module for TensorFlow.js' layers (channels last): `createModel()` makes the net,
 * `train(model, data)` trains it. Random numbers are TensorFlow.js' own. Comments say where it does otherwise.
 */
import type { Network } from '../network/network.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { hasStep, planOf } from './channelsLast.ts';
import type { CodeOptions } from './pytorch.ts';
import { networkHeader } from './pytorchModel.ts';
import { brokenNote } from './text.ts';
import { modelLines, padLowest, scaledElu, scalesElu, startingLines } from './tfjsModel.ts';
import { trainLines } from './tfjsTraining.ts';

export function toTensorFlowJs(network: Network, options: CodeOptions = {}): string {
  const settings = options.settings ?? trainingSettingsSchema.parse({});
  const { steps, problem, disabled } = planOf(network);
  return [
    ...networkHeader(network, '//'),
    '// Written by Stride, for @tensorflow/tfjs 4 or @tensorflow/tfjs-node. The same net; random numbers are TensorFlow.js’ own.',
    ...disabled.map(({ position, type }) => `// Layer ${position} (${type}) is disabled, and is not here.`),
    ...(problem ? [`// ${brokenNote(problem)}`] : []),
    "import * as tf from '@tensorflow/tfjs';",
    '',
    ...startingLines(settings),
    '',
    ...(hasStep(steps, 'lowestPad') ? padLowest : []),
    ...(scalesElu(steps) ? scaledElu : []),
    'export function createModel() {',
    ...(hasStep(steps, 'everyNth')
      ? [
          '  // There is no convolution with stride and dilation: it is dilated, then every n-th place is kept (a pool of 1).',
        ]
      : []),
    ...(hasStep(steps, 'batchNorm')
      ? ['  // The biased variance is kept for evaluation, in PyTorch the unbiased one.']
      : []),
    ...(hasStep(steps, 'flatten')
      ? [
          '  // Flatten puts channels last, PyTorch first: the next layer has the same weights in another order.',
        ]
      : []),
    ...modelLines(steps, network.input).map((line) => `  ${line}`),
    '}',
    '',
    ...trainLines(settings),
    '',
  ].join('\n');
}
