/**
 * Renders the parts of a screen one a frame, from the top, because rendering all at once would block the window. Returns
 * the number of parts that are rendered, as a function to be read where a part is: `{#if there() > 1}`.
 *
 * To be called while a component is made. `of` gives what the parts show; for something else they begin anew, and for
 * null there are none.
 */
export function partsInTurn(count: number, of: () => unknown): () => number {
  // Derived, so that reading it again with the same result does not begin anew.
  const subject = $derived(of());
  let rendered = $state.raw<{ of: unknown; parts: number }>({ of: null, parts: 0 });
  $effect(() => {
    const shown = subject;
    if (shown === null) return;
    let parts = 0;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout>;
    const add = () => {
      parts += 1;
      rendered = { of: shown, parts };
      if (parts < count) next();
    };
    // The next part follows after the frame that shows the one before it.
    const next = () => (frame = requestAnimationFrame(() => (timer = setTimeout(add))));
    next();
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  });
  return () => (rendered.of === subject ? rendered.parts : 0);
}
