/** Runs in the page, after `coverOf` (covers.ts) has been put there; so it names nothing else from outside of itself. */

export interface AuditWords {
  /** Keys of messages and names inside the program, which nobody is to read. */
  readonly internal: readonly string[];
  /** The window is in Chinese: whole English phrases are left over. */
  readonly chinese: boolean;
  /** What a person has written, and names that are the same in every language. */
  readonly names: readonly string[];
}

/**
 * What is wrong with what is in sight: text that is cut off without a way to see it, things to press that are covered at
 * their middle or lie over one another, words that are not translated or are the program's own.
 */
export function auditPage({ internal, chinese, names }: AuditWords): string[] {
  const cover = (globalThis as unknown as { coverOf: (element: Element) => string | null }).coverOf;
  const found = new Set<string>();
  // While a dialog is open, the page behind it is not to be used.
  const dialogs = [...document.querySelectorAll('[role="dialog"].over-page, [role="alertdialog"]')];
  const root = dialogs.at(-1) ?? document.body;

  const seen = (element: Element): boolean => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
    const { width, height } = element.getBoundingClientRect();
    if (width <= 1 || height <= 1) return false;
    // The skip link, until it has the focus.
    if (getComputedStyle(element).clipPath !== 'none') return false;
    return !element.closest('.visually-hidden, [aria-hidden="true"], [inert]');
  };
  const called = (element: Element): string => {
    const text = element.getAttribute('aria-label') ?? element.textContent.trim().replace(/\s+/g, ' ');
    return `<${element.tagName.toLowerCase()}> ${text.slice(0, 50)}`;
  };

  /** What an ancestor cuts off and does not let scroll into sight, unless a title says it all. */
  const cutText = (element: Element, text: string): void => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const box = range.getBoundingClientRect();
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(at);
      const frame = at.getBoundingClientRect();
      if (at.getAttribute('title')?.includes(text.slice(0, 20))) return;
      const scrolls = /auto|scroll/;
      const wide = box.right > frame.right + 1.5 || box.left < frame.left - 1.5;
      const high = box.bottom > frame.bottom + 3 || box.top < frame.top - 3;
      if ((wide && scrolls.test(overflowX)) || (high && scrolls.test(overflowY))) return;
      if ((wide && /hidden|clip/.test(overflowX)) || (high && /hidden|clip/.test(overflowY))) {
        const titled = at.closest('[title]')?.getAttribute('title');
        if (!titled?.includes(text.slice(0, 20))) found.add(`cut off: ${called(element)}`);
        return;
      }
      if (position === 'fixed') return;
    }
  };

  const word = (text: string): void => {
    const plain = text.trim();
    if (plain === '') return;
    if (/\bundefined\b|\[object |\bNaN\b(?!\s*[:：])/.test(plain))
      found.add(`a value that is none: ${plain.slice(0, 60)}`);
    const bare = plain.replace(/ #\d+$/, '');
    if (internal.includes(bare)) found.add(`a name inside the program: ${plain}`);
    if (!chinese || /\p{Script=Han}/u.test(plain) || names.some((name) => plain.includes(name))) return;
    if (/[A-Za-z]{3,} [A-Za-z]{2,}/.test(plain)) found.add(`not translated: ${plain.slice(0, 80)}`);
  };

  const code = 'code, pre, kbd, textarea, body [lang], svg, .tag';
  for (const element of root.querySelectorAll('*')) {
    if (!seen(element)) continue;
    const own = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .map((node) => node.textContent ?? '')
      .join(' ')
      .trim();
    if (own !== '' && !element.closest('svg')) cutText(element, own);
    // Code, names in a language of their own, and tags, which people write.
    if (element.closest(code)) continue;
    word(own);
    for (const attribute of ['aria-label', 'title', 'placeholder', 'aria-description'])
      word(element.getAttribute(attribute) ?? '');
  }

  const roles = 'button link checkbox radio switch tab menuitem option combobox slider'.split(' ');
  const pressable = [
    ...root.querySelectorAll(
      ['a[href]', 'button', 'input', 'select', 'textarea', ...roles.map((role) => `[role="${role}"]`)].join(),
    ),
  ].filter((element) => seen(element) && !element.matches(':disabled, [aria-disabled="true"]'));

  const fixedAncestor = (element: Element): Element | null => {
    for (let at: Element | null = element; at && at !== document.body; at = at.parentElement)
      if (/sticky|fixed/.test(getComputedStyle(at).position)) return at;
    return null;
  };
  const inSight = (element: Element): DOMRect | null => {
    const box = element.getBoundingClientRect();
    let [left, top, right, bottom] = [box.left, box.top, box.right, box.bottom];
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflow === 'visible') continue;
      const frame = at.getBoundingClientRect();
      [left, top] = [Math.max(left, frame.left), Math.max(top, frame.top)];
      [right, bottom] = [Math.min(right, frame.right), Math.min(bottom, frame.bottom)];
    }
    [right, bottom] = [Math.min(right, innerWidth), Math.min(bottom, innerHeight)];
    return right - left > 2 && bottom - top > 2 ? new DOMRect(left, top, right - left, bottom - top) : null;
  };

  const boxes = pressable.map((element) => ({
    element,
    box: inSight(element),
    fixed: fixedAncestor(element),
  }));
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      // What stays while the rest scrolls lies over it, and may.
      if (!one.box || !other.box || one.fixed !== other.fixed) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (wide > 2 && high > 2) found.add(`overlap: ${called(one.element)} and ${called(other.element)}`);
    }
  }

  // Last, because this scrolls.
  for (const { element } of boxes) {
    const over = cover(element);
    if (over) found.add(`covered: ${called(element)} by ${over}`);
  }
  for (const scroller of document.querySelectorAll('main, nav, form')) scroller.scrollTop = 0;
  return [...found];
}
