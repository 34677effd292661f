/** The two built-in nets, as the lab gives them. */
import type { Page } from '@playwright/test';
import type { Network } from '../../src/shared/network/network.ts';
import { ask } from './lab.ts';

export type Preset = 'course' | 'homework';

export async function createPresets(page: Page): Promise<Record<Preset, Network>> {
  const presets = await ask(page, 'presets.list');
  const find = (word: string) =>
    presets.find(({ network }) => network.name.toLowerCase().includes(word))!.network;
  return { course: find('course'), homework: find('homework') };
}
