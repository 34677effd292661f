/**
 * Puts text on the clipboard. A browser may refuse: its user has blocked the clipboard for this page, or the page has
 * lost the focus.
 */
import { m } from '../paraglide/messages.js';
import type { Notices } from './notices.svelte.ts';

/** Returns whether the text was copied. If it was not, a notice says so, with `instead`: how to get the text then. */
export async function copyText(
  notices: Notices,
  text: string,
  instead: string = m.copy_failed(),
): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    notices.show(instead, { kind: 'bad' });
    return false;
  }
}
