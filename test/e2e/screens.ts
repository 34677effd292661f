/**
 * Every screen of the window, in one place: what is said of all screens (audit.spec.ts) is tested on each of these. A new
 * screen, or a state of one that looks different, is a line here.
 */
import type { Page } from '@playwright/test';

export interface Screen {
  readonly name: string;
  /** Where it is: what stands after the address's `#`. */
  readonly hash: string;
  /** What is there once it is drawn; the heading without. */
  readonly ready?: string;
  /** Brings it into the state that is meant; by keyboard or by selectors that are the same in every language. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Undoes that, where leaving the screen does not. */
  readonly leave?: (page: Page) => Promise<void>;
}

const escape = async (page: Page) => {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
};

const openByKeys = (keys: string) => ({
  prepare: async (page: Page) => {
    await page.keyboard.press(keys);
    await page.getByRole('dialog').waitFor();
  },
  leave: escape,
});

/** A dialog about the first run of the list, by its key. */
const openFromRuns = (keys: string): Pick<Screen, 'prepare' | 'leave'> => ({
  prepare: async (page) => {
    await page.locator('[role="grid"]').focus();
    await page.keyboard.press('j');
    await page.keyboard.press(keys);
    await page.getByRole('dialog').waitFor();
  },
  leave: escape,
});

/**
 * The history behind them: test/support/manyRuns.ts with losses; two more runs with checkpoints (untrained.ts), which can be
 * compared; and a sweep (sweptHistory.ts). Run 42 has all that a run's page shows.
 */
export const screens: readonly Screen[] = [
  { name: 'first page', hash: '/welcome' },
  { name: 'design', hash: '/design/course', ready: '[role="row"][data-row]' },
  { name: 'design, residual blocks', hash: '/design/ResNet-8', ready: '[role="row"][data-row]' },
  {
    name: 'design, a layer',
    hash: '/design/LeNet-5',
    ready: '[role="row"][data-row]',
    prepare: (page) => page.locator('[role="row"][data-row]').nth(1).press('Enter'),
  },
  { name: 'train', hash: '/train', ready: 'form' },
  { name: 'runs', hash: '/runs', ready: '[data-line^="r"]' },
  {
    name: 'runs, selected',
    hash: '/runs?show=all',
    ready: '[data-line^="r"]',
    prepare: async (page) => {
      await page.locator('[role="grid"]').focus();
      await page.keyboard.press('j');
      for (let row = 0; row < 3; row++) await page.keyboard.press('Shift+ArrowDown');
      await page.getByRole('toolbar').waitFor();
    },
    leave: async (page) => {
      await page.keyboard.press('Escape');
      await page.getByRole('toolbar').waitFor({ state: 'hidden' });
    },
  },
  { name: 'runs, in groups', hash: '/runs?group=optimizer', ready: '[data-line^="g"]' },
  { name: 'runs, none found', hash: '/runs?filter=tag:nowhere', ready: '#heading' },
  ...['curves', 'net', 'settings', 'notes', 'log', 'files', 'machine'].map((tab) => ({
    name: `run, ${tab}`,
    hash: `/runs/42?tab=${tab}`,
    ready: '[role="tabpanel"]',
  })),
  { name: 'runs, tags', hash: '/runs', ready: '[data-line^="r"]', ...openFromRuns('t') },
  { name: 'sweeps', hash: '/sweeps', ready: 'main li h2' },
  { name: 'a sweep', hash: '/sweeps/1', ready: 'main table' },
  { name: 'compare, nothing chosen', hash: '/compare' },
  ...['', 'nets', 'classes', 'images', 'cost', 'health', 'notes'].map((tab) => ({
    name: `compare, ${tab || 'overview'}`,
    hash: `/compare/61,62?baseline=61${tab ? `&tab=${tab}` : ''}`,
    ready: tab === 'images' ? '[data-image]' : '[role="tabpanel"] section, [role="tabpanel"] input',
  })),
  {
    name: 'compare, images of a cell',
    hash: '/compare/61,62?tab=classes',
    ready: '[data-cell]:not(.faint)',
    prepare: async (page) => {
      await page.locator('[data-cell]:not(.faint)').first().press('Enter');
      await page.getByRole('dialog').waitFor();
    },
    leave: escape,
  },
  { name: 'data', hash: '/data', ready: 'table' },
  { name: 'inspect, no net chosen', hash: '/inspect' },
  { name: 'settings', hash: '/settings' },
  { name: 'command palette', hash: '/settings', ...openByKeys('Control+k') },
  { name: 'keyboard shortcuts', hash: '/settings', ...openByKeys('Shift+?') },
];
