/**
 * The draws of PyTorch's data loaders from the script's generator, so that an epoch has the script's batches
 * in the script's order (`torch/utils/data/dataloader.py`, `sampler.py`).
 */
import { Generator, randperm } from './generator.ts';

/**
 * Makes the draws of one pass of `DataLoader(shuffle=True)`: the base seed, unused without workers, then the
 * sampler's seed, which is returned.
 */
export function drawOrderSeed(generator: Generator): bigint {
  generator.randomInt64();
  return generator.randomInt64();
}

/**
 * Returns the order of the `count` examples as `RandomSampler` does, with a generator seeded by that draw.
 */
export function orderOf(orderSeed: bigint, count: number): Int32Array {
  return randperm(new Generator(orderSeed), count);
}

/** Makes the draw of one pass of an unshuffled `DataLoader`: the base seed. */
export function drawForTestPass(generator: Generator): void {
  generator.randomInt64();
}
