/**
 * What PyTorch's data loaders draw from the script's generator, so that an epoch sees its batches in the script's
 * order (`torch/utils/data/dataloader.py`, `sampler.py`).
 */
import { Generator, randperm } from './generator.ts';

/** Draws for one pass of `DataLoader(shuffle=True)`: the base seed, unused without workers, then the sampler's seed. */
export function drawOrderSeed(generator: Generator): bigint {
  generator.randomInt64();
  return generator.randomInt64();
}

/** `RandomSampler`: a generator of its own, seeded with that draw, gives the order of the `count` examples. */
export function orderOf(orderSeed: bigint, count: number): Int32Array {
  return randperm(new Generator(orderSeed), count);
}

/** Draw for one pass of an unshuffled `DataLoader`: the base seed. */
export function drawForTestPass(generator: Generator): void {
  generator.randomInt64();
}
