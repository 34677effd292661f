/**
 * Presses as a person does: with the pointer, at the middle of what is to be pressed, where it must be the topmost thing.
 * A locator's own click scrolls a page to and fro until something lets the press through, which no person would find.
 * ESLint keeps the specs to these functions.
 */
import { type Locator, expect } from '@playwright/test';
import { coverOf } from './covers.ts';

interface PressOptions {
  readonly button?: 'left' | 'right';
  readonly modifiers?: ('Shift' | 'Control' | 'Alt' | 'Meta')[];
  /** Twice in short order. */
  readonly twice?: boolean;
  /** In milliseconds; for what may go away meanwhile. */
  readonly timeout?: number;
}

/** What is covered may be so for a moment, while something above it closes; on a busy machine that takes seconds. */
const patience = 30_000;

/** Fails where the target's middle is covered by something else, and says by what. */
export async function press(target: Locator, options: PressOptions = {}): Promise<void> {
  const { twice = false, timeout = 100_000, ...rest } = options;
  await target.scrollIntoViewIfNeeded({ timeout });
  await expect
    .poll(() => target.evaluate(coverOf, undefined, { timeout }), {
      message: `the middle of ${String(target)} can be pressed`,
      timeout: patience,
    })
    .toBe(null);
  // Scrolled into sight, so that this does not move anything.
  if (twice) await target.dblclick({ ...rest, timeout });
  else await target.click({ ...rest, timeout });
}

/** Presses a box or switch if it is not as wanted. */
export async function tick(target: Locator, on: boolean): Promise<void> {
  if ((await target.isChecked()) !== on) await press(target);
  await expect(target).toBeChecked({ checked: on });
}
