// What is drawn on the canvases of a page, as functions that are handed to it before it is there.
import type { Page } from '@playwright/test';

/** Words that were drawn on canvases and did not fit on them; it has to be there before the page is. */
export const watchWords = () => {
  const cut: string[] = [];
  const words: string[] = [];
  const lowest: Record<string, number> = {};
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const { a, e } = this.getTransform();
    const { actualBoundingBoxLeft, actualBoundingBoxRight } = this.measureText(text);
    const left = a * (x - actualBoundingBoxLeft) + e;
    const right = a * (x + actualBoundingBoxRight) + e;
    words.push(text);
    // From the top of the canvas to the foot of the words, in pixels of the page.
    lowest[text] = (this.getTransform().d * y + this.getTransform().f) / devicePixelRatio;
    if (left < -0.5 || right > this.canvas.width + 0.5) cut.push(text);
    fillText.call(this, text, x, y, ...rest);
  };
  Object.assign(window, { cut, words, lowest });
};
export const wordsOf = (page: Page, list: 'cut' | 'words') =>
  page.evaluate((name) => [...new Set((window as unknown as Record<string, string[]>)[name])], list);

/** Counts the drawings of each chart's canvas, and those that drew no more than an end of its lines. */
export const countDrawings = () => {
  const counts = { all: {} as Record<string, number>, ends: 0 };
  const { clearRect, rect } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.clearRect = function (...rectangle) {
    const name = this.canvas.closest('figure')?.getAttribute('aria-label') ?? '';
    counts.all[name] = (counts.all[name] ?? 0) + 1;
    clearRect.apply(this, rectangle);
  };
  CanvasRenderingContext2D.prototype.rect = function (x, y, width, height) {
    const { clientWidth, clientHeight } = this.canvas;
    if (y === 0 && height >= clientHeight && width < clientWidth / 2) counts.ends++;
    rect.call(this, x, y, width, height);
  };
  Object.assign(window, { drawings: counts });
};
export const drawingsOf = (page: Page) =>
  page.evaluate(
    () => (window as unknown as { drawings: { all: Record<string, number>; ends: number } }).drawings,
  );
