/** SVG as text, for pictures in files of their own: they use nothing from the page. */

type Attributes = Readonly<Record<string, string | number>>;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const written = (value: string | number) =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100) : escaped(value);

export function element(name: string, attributes: Attributes, content = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${written(value)}"`);
  return content ? `<${name}${pairs.join('')}>${content}</${name}>` : `<${name}${pairs.join('')}/>`;
}

export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escaped(words));

export const line = (x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string =>
  element('line', { x1, y1, x2, y2, ...attributes });

/** Returns the approximate width of a text in the given font size: Chinese characters are as wide as they are high. */
export function widthOf(words: string, size: number): number {
  const units = [...words].reduce((sum, each) => sum + (each > '\u2e7f' ? 1 : 0.56), 0);
  return units * size;
}

export interface PictureOptions {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly font: string;
}

/** Returns a complete file, on white paper, with a title as its text alternative. */
export function picture({ width, height, title, font }: PictureOptions, parts: readonly string[]): string {
  const head = element('title', {}, escaped(title));
  const paper = element('rect', { width, height, fill: '#fff' });
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    width: Math.ceil(width),
    height: Math.ceil(height),
    viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
    'font-family': font,
    role: 'img',
  };
  return `${element('svg', root, `\n${[head, paper, ...parts].join('\n')}\n`)}\n`;
}
