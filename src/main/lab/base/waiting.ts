/** Helpers for waiting on promises that may reject or never settle. */

/** Waits for a promise whose outcome is another caller's concern. */
export async function settled(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => undefined);
}

/** Waits for a limited time, because a thread deep in native code may never end. */
export async function within(wait: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([wait, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
