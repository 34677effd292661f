/** A part of the window's benchmark, and its results. */
import type { Page } from '@playwright/test';
import type { Host } from '../../test/e2e/host.ts';

export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ms' | 'frames/s' | '% of a core';
  readonly target: number;
  /** Direction of the target: a frame rate must reach it; a time or a share must not exceed it. */
  readonly better: 'higher' | 'lower';
}

export interface Part {
  readonly name: string;
  /** Writes a history into the folder before the host is started on it. */
  prepare?(home: string): Promise<void> | void;
  measure(page: Page, host: Host): Promise<Measure[]>;
}

export function isMet({ value, target, better }: Measure): boolean {
  return better === 'higher' ? value >= target : value <= target;
}
