/**
 * Determines the image size: the code's own, or else the smallest common size with which everything fits, which is then
 * reported.
 */
import type { MapShape } from '../../../layers/layer.ts';
import type { Reading } from '../reading.ts';
import { allModules } from '../torch/modules.ts';
import type { DatasetImageSize } from '../../../network/forDataset.ts';
import type { Module } from '../values.ts';
import { type Traced, trace } from './trace.ts';

const map = (channels: number, height: number, width: number): MapShape => ({
  kind: 'map',
  channels,
  height,
  width,
});

/** The sizes tried first: MNIST's, CIFAR's, and those of other sets. */
const common = [28, 32, 64, 96, 128, 224];
const sizes = [
  ...common,
  ...Array.from({ length: 256 }, (_, i) => i + 1).filter((size) => !common.includes(size)),
];

const hasErrors = ({ findings, output }: Traced) =>
  output === null || findings.all.some(({ severity }) => severity === 'error' || severity === 'mistake');

/** Returns the channels of the first convolution, if the code fixes them. */
function firstChannels(net: Module): number | undefined {
  for (const module of allModules(net)) {
    if (module.type !== 'layer') continue;
    for (const operation of module.operations)
      if (operation.kind === 'layer' && operation.takes?.channels) return operation.takes.channels;
  }
  return undefined;
}

export interface Followed extends Traced {
  readonly input: MapShape;
}

/**
 * `images` is the image size of the training data, if known; `text` is the code, which may have Stride's own header.
 */
export function follow(
  reading: Reading,
  net: Module,
  images: DatasetImageSize | null,
  text: string,
): Followed {
  const header = /^#\s*Input:\s*(\d+)×(\d+)×(\d+)/m.exec(text);
  const at = (input: MapShape): Followed => ({ ...trace(reading, net, input), input });
  if (header) return at(map(Number(header[1]), Number(header[2]), Number(header[3])));
  if (images) return at(map(images.channels, images.height, images.width));
  const example = reading.script.examples.at(-1);
  if (example) return at(map(example[1] ?? 1, example[2] ?? 28, example[3] ?? 28));
  const channels = firstChannels(net);
  const first = at(map(channels ?? 1, 28, 28));
  const { wantedInput } = first.trace;
  // The code itself reshapes the images.
  if (wantedInput) return at(map(...wantedInput));
  const found = hasErrors(first) ? searched(first, channels, at) : first;
  const { input } = found;
  found.findings.add('note', 'input-assumed', null, {
    channels: input.channels,
    height: input.height,
    width: input.width,
  });
  return found;
}

/** Returns another size that removes the misfits and leaves no other error. */
function searched(
  first: Followed,
  channels: number | undefined,
  at: (input: MapShape) => Followed,
): Followed {
  const mismatch = /^(mismatch-|does-not-fit|adaptive$|reshape$)/;
  const errors = first.findings.all.filter(({ severity }) => severity === 'error' || severity === 'mistake');
  // Another size does not fix unsupported code, and would only hide it.
  if (!errors.every(({ code }) => mismatch.test(code))) return first;
  for (const size of sizes) {
    for (const count of channels === undefined ? [1, 3] : [channels]) {
      const tried = at(map(count, size, size));
      if (!hasErrors(tried)) return tried;
    }
  }
  return first;
}
