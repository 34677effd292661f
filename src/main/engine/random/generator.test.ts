import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Generator, normal, randperm, uniform } from './generator.ts';
import { drawForTestPass, drawOrderSeed, orderOf } from './loaders.ts';

interface Stream {
  seed: number;
  'uniform(-0.25,0.5) x7': { data: number[] };
  'random_() int64': string;
  'randperm(37)': number[];
  'shuffled DataLoader over 50, 3 epochs, an unshuffled DataLoader read after each': number[][];
}

const file = new URL('../../../../test/vectors/pytorch/random-streams.json', import.meta.url);
const { streams } = JSON.parse(readFileSync(file, 'utf8')) as { streams: Stream[] };

describe.each(streams)('seed $seed', (stream) => {
  it('draws uniform_ to the bit', () => {
    const drawn = uniform(new Generator(stream.seed), 7, -0.25, 0.5);
    expect(drawn).toEqual(Float32Array.from(stream['uniform(-0.25,0.5) x7'].data));
  });
  it('draws random_() on int64', () => {
    expect(String(new Generator(stream.seed).randomInt64())).toBe(stream['random_() int64']);
  });
  it('draws randperm', () => {
    expect([...randperm(new Generator(stream.seed), 37)]).toEqual(stream['randperm(37)']);
  });
  it('orders epochs as the data loaders do', () => {
    const generator = new Generator(stream.seed);
    const epochs = stream['shuffled DataLoader over 50, 3 epochs, an unshuffled DataLoader read after each'];
    for (const expected of epochs) {
      expect([...orderOf(drawOrderSeed(generator), 50)]).toEqual(expected);
      drawForTestPass(generator);
    }
  });
});

describe('normal_', () => {
  // torch.manual_seed(3); torch.empty(n).normal_(0, 0.3), PyTorch 2.13
  const twenty = [
    -0.022993289, 0.107964464, -0.234605059, 0.02145832, 0.313806832, 0.1566561, -0.05004275, 0.01591002,
    0.12138215, 0.18338991, 0.22811712, -0.01009298, 0.29937673, 0.13775414, 0.73091912, -0.04404245,
    0.1455342, 0.06157032, 0.10152847, 0.40582621,
  ];
  const five = [0.24098283, 0.052450016, 0.026693428, -0.184115395, 0.013854736];
  it.each([twenty, five])('draws as PyTorch does', (...expected) => {
    const drawn = normal(new Generator(3), expected.length, 0, 0.3);
    expected.forEach((value, i) => expect(drawn[i]).toBeCloseTo(value, 6));
  });
});

describe('state', () => {
  it('goes on where it was, also in the middle of a block', () => {
    const generator = new Generator(5);
    for (let i = 0; i < 1000; i += 1) generator.next32();
    const copy = Generator.fromState(
      JSON.parse(JSON.stringify(generator.state())) as ReturnType<Generator['state']>,
    );
    expect(Array.from({ length: 1000 }, () => copy.next32())).toEqual(
      Array.from({ length: 1000 }, () => generator.next32()),
    );
  });
  it('counts only the low 32 bits of a seed', () => {
    expect(new Generator(2n ** 32n + 3n).next32()).toBe(new Generator(3).next32());
  });
});
