/** Waiting for what may go wrong, or may not come. */

/** For something whose outcome is another caller's concern. */
export async function settled(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => undefined);
}

/** Not for ever: a thread deep in native code may not come back. */
export async function within(wait: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([wait, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}
