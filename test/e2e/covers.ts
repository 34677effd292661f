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

/**
 * What of a thing that floats lies under something else, as text: its corners, and the middles of what can be pressed in it. What its own list
 * has scrolled away is left out. Nothing is scrolled, because a floating thing is closed or moved by that.
 */
export function coveredParts(floating: Element): string[] {
  const box = floating.getBoundingClientRect();
  const inset = 4;
  const points = [box.left + inset, box.right - inset].flatMap((x) =>
    [box.top + inset, box.bottom - inset].map((y) => ({ x, y, what: 'a corner' })),
  );
  for (const part of floating.querySelectorAll('button, a, input, [role="option"], [role^="menuitem"]')) {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const inSight = x > box.left && x < box.right && y > box.top && y < box.bottom;
    if (inSight) points.push({ x, y, what: part.textContent.trim() });
  }
  return points.flatMap(({ x, y, what }) => {
    const hit = document.elementFromPoint(x, y);
    if (hit && floating.contains(hit)) return [];
    return [
      `${what}, under <${hit?.tagName.toLowerCase() ?? 'nothing'} class="${hit?.getAttribute('class') ?? ''}">`,
    ];
  });
}
