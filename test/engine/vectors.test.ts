/** The engine against PyTorch's own numbers, every case, with the batch whole and split. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { vectors } from './support.ts';
import { parseVectorCase } from '../../src/main/engine/verify/vectorCase.ts';
import { verifyCase } from '../../src/main/engine/verify/verify.ts';

const folder = new URL('pytorch/', vectors);
const files = readdirSync(folder).filter((file) => file !== 'random-streams.json');

describe.each([1, 2])('in %i shards', (shards) => {
  it.each(files)('%s', async (file) => {
    const vector = parseVectorCase(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file);
    const result = await verifyCase(vector, shards);
    expect(result.errors).toSatisfy(() => result.passed);
  });
});

const extra = new URL('extra/', vectors);
/** A batch of one has no second shard. */
const more = readdirSync(extra).filter((file) => file.endsWith('.json') && file !== 'batch-of-one.json');

it.each(more)('extra/%s, in 2 shards', async (file) => {
  const vector = parseVectorCase(JSON.parse(readFileSync(new URL(file, extra), 'utf8')), file);
  const result = await verifyCase(vector, 2);
  expect(result.errors).toSatisfy(() => result.passed);
});

it('finds a number that is wrong', async () => {
  const file = 'conv-plain.json';
  const vector = parseVectorCase(JSON.parse(readFileSync(new URL(file, folder), 'utf8')), file);
  const wrong = structuredClone(vector);
  const gradient = wrong.gradients['0.weight'];
  if (gradient) gradient.data[3] = (gradient.data[3] ?? 0) + 1e-3;
  const result = await verifyCase(wrong);
  expect(result.passed).toBe(false);
  expect(result.errors.gradients.past).toBe(1);
  expect(result.errors.logits.past).toBe(0);
});
