/**
 * For what scrolls where the window is narrow: while there is something to scroll to, and only then, the keyboard
 * reaches it, as a group with a name.
 */
import type { Attachment } from 'svelte/attachments';

export function scrollable(
  name: { readonly 'aria-label': string } | { readonly 'aria-labelledby': string },
): Attachment<HTMLElement> {
  const attributes = Object.entries({ role: 'group', tabindex: '0', ...name });
  return (element) => {
    const look = () => {
      const scrolls =
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
      for (const [attribute, value] of attributes) {
        if (scrolls) element.setAttribute(attribute, value);
        else element.removeAttribute(attribute);
      }
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  };
}
