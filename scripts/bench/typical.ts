/**
 * Nets that a course uses beside its own two, with the settings of the course's scripts. `typical.py` has the
 * same nets in PyTorch.
 */
import type { Network } from '../../src/shared/network/network.ts';
import { findPreset } from '../../src/shared/network/presets.ts';

const input = { height: 28, width: 28, channels: 1 };

const batchNorm: Network = {
  name: 'batch-norm',
  input,
  layers: [
    { type: 'conv2d', filters: 16, kernelSize: 3, padding: 1 },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'conv2d', filters: 32, kernelSize: 3, padding: 1 },
    { type: 'batchNorm2d' },
    { type: 'activation', function: 'relu' },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'flatten' },
    { type: 'linear', units: 10 },
  ],
};

const linear: Network = {
  name: 'linear',
  input,
  layers: [
    { type: 'flatten' },
    ...[512, 256, 128, 64].flatMap(
      (units) =>
        [
          { type: 'linear', units },
          { type: 'activation', function: 'relu' },
        ] as const,
    ),
    { type: 'linear', units: 10 },
  ],
};

export interface TypicalNet {
  readonly network: Network;
  /** Name for people. */
  readonly title: string;
  /** Largest ratio to PyTorch with preloaded tensors that is accepted. */
  readonly target: number;
}

/** The nets by the name that the bench and `typical.py` call them by. */
export const typicalNets: Readonly<Record<string, TypicalNet>> = {
  lenet5: { network: preset('LeNet-5'), title: 'LeNet-5', target: 0.28 },
  'batch-norm': { network: batchNorm, title: 'conv 16, 32 with batch norm', target: 0.35 },
  resnet: { network: preset('ResNet-8'), title: 'ResNet-8', target: 0.35 },
  linear: { network: linear, title: 'linear 784–512–256–128–64–10', target: 0.55 },
};

function preset(name: string): Network {
  const found = findPreset(name);
  if (!found) throw new Error(`there is no preset ${name}`);
  return found.network;
}

/** Returns a typical net or a preset's by its name; throws if there is none. */
export const netNamed = (name: string): Network => typicalNets[name]?.network ?? preset(name);
