import { describe, expect, it } from 'vitest';
import { splitTraining } from './split.ts';

const labels = Uint8Array.from({ length: 1000 }, (_, i) => (i % 10 < 7 ? 0 : 1));

describe('a validation split', () => {
  it('takes the same share of every class and no image twice', () => {
    const { train, validation } = splitTraining(labels, { fraction: 0.1, seed: 3 });
    expect(validation).toHaveLength(100);
    expect(validation.filter((i) => labels[i] === 1)).toHaveLength(30);
    expect(new Set([...train, ...validation]).size).toBe(1000);
  });
  it('depends on its seed alone', () => {
    const once = splitTraining(labels, { fraction: 0.1, seed: 3 });
    expect(splitTraining(labels, { fraction: 0.1, seed: 3 })).toEqual(once);
    expect(splitTraining(labels, { fraction: 0.1, seed: 4 })).not.toEqual(once);
  });
  it('leaves every class something to train on', () => {
    const { train } = splitTraining(Uint8Array.of(0, 0, 1, 1), { fraction: 0.9, seed: 0 });
    expect([...train].map((i) => [0, 0, 1, 1][i])).toEqual([0, 1]);
  });
  it('holds nothing back unasked', () => {
    expect(splitTraining(labels, null).validation).toHaveLength(0);
  });
});
