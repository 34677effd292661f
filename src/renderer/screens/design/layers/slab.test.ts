import { expect, test } from 'vitest';
import { presets } from '../../../../shared/network/presets.ts';
import { surveyNetwork } from '../../../../shared/network/survey.ts';
import { slabHeight, slabOf, slabWidth } from './slab.ts';

test('maps shrink as they shrink, channels thicken them, and everything stays within the picture', () => {
  for (const { network } of presets) {
    const slabs = surveyNetwork(network).layers.flatMap(({ state }) =>
      state.kind === 'fits' ? [{ output: state.output, slab: slabOf(state.output, 28) }] : [],
    );
    for (const { slab } of slabs) {
      expect(slab.width + slab.back).toBeLessThanOrEqual(slabWidth);
      expect(slabHeight(slab)).toBeLessThan(60);
    }
    for (const [index, { output, slab }] of slabs.entries()) {
      const before = slabs[index - 1];
      if (output.kind !== 'map' || before?.output.kind !== 'map') continue;
      expect(Math.sign(slab.width - before.slab.width)).toBe(Math.sign(output.width - before.output.width));
      expect(Math.sign(slab.thickness - before.slab.thickness)).toBe(
        Math.sign(output.channels - before.output.channels),
      );
    }
  }
});

test('the largest and the smallest shapes that a net can have', () => {
  for (const shape of [
    { kind: 'map', channels: 4096, height: 1024, width: 1024 },
    { kind: 'map', channels: 1, height: 1, width: 1 },
    { kind: 'flat', features: 65_536 },
    { kind: 'flat', features: 1 },
  ] as const) {
    for (const longest of [1, 28, 1024]) {
      const slab = slabOf(shape, longest);
      expect(slab.width + slab.back).toBeLessThanOrEqual(slabWidth + 2);
      expect(slab.width).toBeGreaterThan(0);
    }
  }
  expect(slabOf({ kind: 'flat', features: 10 }, 28).cells).toBe(10);
});
