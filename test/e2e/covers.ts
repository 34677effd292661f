/** Runs in the page, so it names nothing from outside of itself. */

/**
 * What lies over the middle of an element, as text, or null where a press there reaches the element. What is below the
 * page's fold or under a foot that stays is brought to the middle of what scrolls first, as a person scrolls.
 */
export function coverOf(element: Element): string | null {
  const topmost = (): Element | null => {
    // An inline element that is broken into lines has its middle in none of them.
    const box = [...element.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
    if (!box) return null;
    return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  };
  const reaches = (hit: Element | null): boolean => {
    if (!hit) return false;
    if (element.contains(hit)) return true;
    // A part of a button whose own surface lies over it.
    if (hit.contains(element) && hit.matches('button, a, label, [role]')) return true;
    const { labels } = element as HTMLInputElement;
    if (labels && [...labels].some((label) => label.contains(hit))) return true;
    return element instanceof HTMLLabelElement && element.control?.contains(hit) === true;
  };
  if (reaches(topmost())) return null;
  element.scrollIntoView({ block: 'center', inline: 'center' });
  const hit = topmost();
  if (reaches(hit)) return null;
  if (!hit) return 'out of sight';
  const name = hit.getAttribute('aria-label') ?? hit.textContent.trim().slice(0, 40);
  return `<${hit.tagName.toLowerCase()} class="${hit.getAttribute('class') ?? ''}"> ${name}`;
}
