// What the train screen's tests do again and again.
import type { Locator, Page } from '@playwright/test';
import { expect } from './host.ts';
import { press, tick } from './press.ts';

export const lossFigure = (page: Page) => page.getByRole('figure', { name: 'Loss' });
export const points = async (page: Page) => Number(await lossFigure(page).getAttribute('data-points'));
export const panel = (page: Page, run: string) => page.getByRole('article', { name: run, exact: true });
export const rowsOf = (table: Locator) =>
  table.getByRole('row').filter({ has: table.page().getByRole('cell') });
export const emptyLab = (page: Page) => page.getByRole('heading', { name: 'Nothing has been trained yet' });
/** The net's own fields, then those that all nets share. */
export const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });

/** The form as the course has it, with this net and no other: what was last started is filled in else. */
export async function choose(page: Page, ...nets: readonly ('Course net' | 'Homework net')[]): Promise<void> {
  for (const net of ['Course net', 'Homework net'] as const) {
    const box = page.getByRole('checkbox', { name: net });
    await tick(box, nets.includes(net));
  }
  const reset = page.getByRole('button', { name: 'Reset to course’s values' });
  if (await reset.isVisible()) await press(reset);
  await expect(reset).toBeHidden();
}

export const queueOf = (page: Page) => page.getByRole('region', { name: 'Queued' });

/** Runs at work are rows; those that wait for their turn are in the queue. */
export async function namesShown(page: Page): Promise<string[]> {
  const rows = await page
    .getByRole('article')
    .evaluateAll((articles) => articles.map((article) => article.getAttribute('aria-label') ?? ''));
  return [...rows, ...(await queueOf(page).getByRole('link').allInnerTexts())].map((name) =>
    name.replace(/\u00a0/g, ' '),
  );
}

/** Does what starts runs, and gives their names in the order of their numbers. */
export async function started(page: Page, count: number, start: () => Promise<void>): Promise<string[]> {
  const before = new Set(await namesShown(page));
  const fresh = async () => (await namesShown(page)).filter((name) => !before.has(name));
  await start();
  await expect.poll(async () => (await fresh()).length).toBe(count);
  const number = (name: string) => Number(/#(\d+)$/.exec(name)?.[1]);
  return (await fresh()).sort((a, b) => number(a) - number(b));
}

export const pressing = (page: Page, name: string | RegExp) => () =>
  press(page.getByRole('button', { name }));
export const state = (page: Page, run: string, text: string) =>
  panel(page, run).getByText(text, { exact: true });
