/**
 * Makes a scrolling element reachable by keyboard, as a named group, while there is something to scroll to. `data-more`
 * names the sides with more content; base.css shows it there.
 */
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';

type Name = { readonly 'aria-label': string } | { readonly 'aria-labelledby': string };

const waiting = new Set<() => void>();

/** Looks in the next frame, with all others that wait: each look in a page that is being made would lay it out once more. */
function lookSoon(look: () => void): void {
  if (waiting.size === 0) {
    requestAnimationFrame(() => {
      const looks = [...waiting];
      waiting.clear();
      for (const each of looks) each();
    });
  }
  waiting.add(look);
}

/** `name` is a function, so that a name that is computed anew does not attach the element anew, which measures it. */
export function scrollable(name: () => Name): Attachment<HTMLElement> {
  return (element) => {
    let scrolls = $state(false);
    $effect(() => {
      for (const [attribute, value] of Object.entries({ role: 'group', tabindex: '0', ...name() })) {
        if (scrolls) element.setAttribute(attribute, value);
        else element.removeAttribute(attribute);
      }
    });
    const look = () => {
      scrolls = element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
      markMore(element, scrolls);
    };
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    const observe = () => {
      observer.disconnect();
      observer.observe(element);
      for (const child of element.children) observer.observe(child);
      // Nothing is reported of an element whose painting is skipped (content-visibility), because it is out of sight.
      lookSoon(look);
    };
    untrack(observe);
    const changes = new MutationObserver(observe);
    changes.observe(element, { childList: true });
    return () => {
      waiting.delete(look);
      changes.disconnect();
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  };
}

function markMore(element: HTMLElement, scrolls: boolean): void {
  const { scrollLeft, scrollWidth, clientWidth } = element;
  const more = [
    ...(scrollLeft > 1 ? ['left'] : []),
    ...(scrollLeft + clientWidth < scrollWidth - 1 ? ['right'] : []),
  ].join(' ');
  if (!scrolls) delete element.dataset['more'];
  else if (element.dataset['more'] !== more) element.dataset['more'] = more;
}
