/**
 * Sizes of many elements watched by one observer. An observer for each would have the page laid out again between every
 * two of them, because what one changes is drawn before the next one looks.
 */
const looks = new Map<Element, () => void>();
let observer: ResizeObserver | undefined;

/** Calls `look` soon, and whenever the element's size has changed; gives what ends that. */
export function onResize(element: Element, look: () => void): () => void {
  observer ??= new ResizeObserver((entries) => {
    for (const { target } of entries) looks.get(target)?.();
  });
  looks.set(element, look);
  observer.observe(element);
  return () => {
    looks.delete(element);
    observer?.unobserve(element);
  };
}
