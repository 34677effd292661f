/**
 * One observer watches the sizes of many elements. With an observer for each, the page would be laid out between every
 * two of them, because the changes of one are applied before the next one runs.
 */
const looks = new Map<Element, () => void>();
let observer: ResizeObserver | undefined;

/** Calls `look` soon, and whenever the element's size has changed; returns the function that stops it. */
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
