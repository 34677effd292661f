/** A window that slides over a map, and the names of a layer's fields that describe it. */
import type { FieldNames } from './field.ts';
import type { Pair } from './pair.ts';

/** In pixels along each axis. Without padding and dilation these are 0 and 1. */
export interface SlidingWindow {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

export const windowNames = {
  kernelSize: {
    torch: 'kernel_size',
    label: { en: 'Kernel size', 'zh-CN': '核大小' },
    hint: { en: 'size of the sliding window, in pixels', 'zh-CN': '滑动窗口的大小，以像素计' },
  },
  stride: {
    torch: 'stride',
    label: { en: 'Stride', 'zh-CN': '步幅' },
    hint: { en: 'pixels from one window to the next', 'zh-CN': '相邻窗口之间的像素数' },
  },
  padding: {
    torch: 'padding',
    label: { en: 'Padding', 'zh-CN': '填充' },
    hint: { en: 'zeros added around the map, in pixels', 'zh-CN': '特征图四周补零的像素数' },
  },
  dilation: {
    torch: 'dilation',
    label: { en: 'Dilation', 'zh-CN': '膨胀率' },
    hint: { en: 'distance between the kernel’s weights, in pixels', 'zh-CN': '卷积核相邻权重之间的像素数' },
  },
} as const satisfies Readonly<Record<string, FieldNames>>;
