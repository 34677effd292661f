/** What the bench works out of its measurements. The measurements themselves are `npm run bench`'s. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { comparisons, environments } from '../scripts/bench/contestants.ts';
import { flopsPerEpoch, median, ratios } from '../scripts/bench/figures.ts';
import { vectorsOf } from '../scripts/bench/machine.ts';
import { flopsOf, operationTimes, parseExecuted, strideFlops } from '../scripts/bench/verbose.ts';
import { findPreset } from '../src/shared/network/presets.ts';

describe('ratios', () => {
  const comparison = { of: 'a', to: 'b', target: 0.5 };

  it('are taken round by round', () => {
    const seconds = new Map([
      ['a', [1, 4, 3]],
      ['b', [4, 8, 4]],
    ]);
    expect(ratios([comparison], seconds)).toEqual([
      { ...comparison, rounds: [0.25, 0.5, 0.75], median: 0.5, lowest: 0.25, highest: 0.75, met: true },
    ]);
  });

  it('say where a target is missed, and nothing where there is none', () => {
    const seconds = new Map([
      ['a', [3]],
      ['b', [4]],
    ]);
    const met = (target: number | null) =>
      ratios([{ ...comparison, target }], seconds).map((ratio) => ratio.met);
    expect([met(0.74), met(0.75), met(null)]).toEqual([[false], [true], [null]]);
  });

  it('leave out what was not measured', () => {
    expect(ratios(comparisons, new Map([['course/engine', [1]]]))).toEqual([]);
  });
});

it('takes the mean of the middle two as the median of an even number', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

it.each([
  // (6 · (10·24·24·25 + 20·8·8·250 + 3200) − 2 · 10·24·24·25) · 60,000
  ['course', 150_912_000_000],
  // 6 · (10·26·26·9 + 20·13·13·90 + 30·4·4·180 + 7200 + 1800 + 300) − 2 · 10·26·26·9, times 60,000
  ['homework', 158_565_600_000],
])('counts the operations of an epoch of the %s net', (name, flops) => {
  const network = findPreset(name)?.network;
  expect(network && flopsPerEpoch(network, 60_000)).toBe(flops);
});

describe('vector width', () => {
  it('is the widest that the processor has', () => {
    expect(vectorsOf(['sse2', 'avx', 'avx2', 'avx512f'], undefined)).toBe('AVX-512');
    expect(vectorsOf(['sse2', 'avx', 'avx2'], undefined)).toBe('AVX2');
    expect(vectorsOf(null, undefined)).toBe('unknown vector width');
  });

  it('says what the contestants are kept to', () => {
    expect(vectorsOf(['avx', 'avx2', 'avx512f'], 'avx2')).toBe('kept to AVX2 (the processor has AVX-512)');
    expect(vectorsOf(['avx', 'avx2'], 'avx2')).toBe('AVX2');
  });
});

describe('environment of the contestants', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('has none of the variables that tune a library', () => {
    vi.stubEnv('OMP_NUM_THREADS', '1');
    vi.stubEnv('STRIDE_CPU', 'avx2');
    const { untuned, asProgram } = environments(undefined);
    for (const env of [untuned, asProgram]) {
      expect(env).not.toHaveProperty('OMP_NUM_THREADS');
      expect(env).not.toHaveProperty('STRIDE_CPU');
    }
  });

  it('keeps both sides to AVX2 if it is told to', () => {
    vi.stubEnv('ONEDNN_MAX_CPU_ISA', 'AVX512_CORE');
    const avx2 = { ONEDNN_MAX_CPU_ISA: 'AVX2', ATEN_CPU_CAPABILITY: 'avx2', STRIDE_CPU: 'avx2' };
    const { untuned, asProgram } = environments('avx2');
    expect(untuned).toMatchObject(avx2);
    expect(asProgram).toMatchObject(avx2);
  });
});

describe("oneDNN's output", () => {
  const line = (shape: string, milliseconds: number) =>
    'onednn_verbose,v1,primitive,exec,cpu,convolution,brg_conv_fwd:avx2,forward_training,' +
    `src_f32::blocked:acdb::f0 wei_f32::blocked:acdb::f0,attr-post-ops:eltwise_relu,alg:convolution_direct,${shape},${milliseconds}`;
  const shape = 'mb32_ic10oc20_ih12oh8kh5sh1dh0ph0_iw12ow8kw5sw1dw0pw0';

  it('is read line by line', () => {
    expect(parseExecuted(line(shape, 0.5))).toEqual({
      operation: 'convolution forward',
      kernel: 'brg_conv_fwd:avx2',
      shape,
      seconds: 0.0005,
    });
    expect(parseExecuted('onednn_verbose,v1,info,cpu,isa:Intel AVX2')).toBeUndefined();
    expect(parseExecuted('[1,   300] loss: 1.234')).toBeUndefined();
  });

  it("is read for Stride's kernels too, with the layer", () => {
    const node = 'train20/join/train/3_residual/0_conv2d/backward/StrideConv2DGradients_1';
    expect(parseExecuted(`stride_verbose,exec,StrideConv2DGradients,${node},0.5`)).toEqual({
      operation: 'StrideConv2DGradients',
      kernel: 'Stride',
      shape: '3_residual/0_conv2d',
      seconds: 0.0005,
    });
    expect(parseExecuted('stride_verbose,exec,StridePixels,StridePixels_1,0.5')?.shape).toBe('');
  });

  it("gives the floating-point operations of Stride's kernels", () => {
    const flops = strideFlops(findPreset('course')!.network, 32);
    const [first, second] = [2 * 32 * 24 * 24 * 10 * 25, 2 * 32 * 8 * 8 * 20 * 250];
    expect(flops('StrideConv2D', '0_conv2d')).toBe(first);
    // The images' gradient is not needed.
    expect(flops('StrideConv2DGradients', '0_conv2d')).toBe(first);
    expect(flops('StrideConv2DGradients', '3_conv2d')).toBe(2 * second);
    expect(flops('StrideLinearStep', '')).toBe(flops('StrideLinear', '7_linear'));
    expect(flops('StrideLinearGradients', '7_linear')).toBe(flops('StrideLinear', '7_linear'));
    expect(flops('StridePixels', '')).toBe(0);
    const block = strideFlops(findPreset('ResNet-8')!.network, 1);
    expect(block('StrideConv2D', '3_residual/0_conv2d')).toBeGreaterThan(0);
  });

  it('is grouped by operation, with the least of its times', () => {
    const executed = [line(shape, 0.5), line('mb32_ic1oc10', 0.1), line(shape, 0.25)].map(parseExecuted);
    expect(operationTimes(executed.filter((each) => each !== undefined))).toMatchObject([
      { shape, times: 2, least: 0.00025 },
      { shape: 'mb32_ic1oc10', times: 1, least: 0.0001 },
    ]);
  });

  it('gives the floating-point operations', () => {
    expect(flopsOf('convolution forward', shape)).toBe(2 * 32 * 10 * 20 * 8 * 8 * 5 * 5);
    // Sixteen groups of one channel each.
    const depthwise = 'mb32_g16ic16oc16_ih28oh28kh1sh1dh0ph0_iw28ow28kw1sw1dw0pw0';
    expect(flopsOf('convolution forward', depthwise)).toBe(2 * 32 * 16 * 28 * 28);
    expect(flopsOf('matmul', '32x784:784x512')).toBe(2 * 32 * 784 * 512);
    expect(flopsOf('pooling forward', 'mb32ic10_ih24oh12kh2sh2dh0ph0_iw24ow12kw2sw2dw0pw0')).toBe(0);
  });
});
