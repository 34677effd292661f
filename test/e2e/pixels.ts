/** Compares pictures of the page. */
import type { Page } from '@playwright/test';

/** Pixels of two pictures, equally large, whose colours are clearly apart: not those that are smoothed a bit otherwise. */
export function pixelsApart(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async (pictures) => {
      const [one, other] = await Promise.all(
        pictures.map(async (text) => {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      let count = 0;
      for (let at = 0; at < one!.data.length; at += 4) {
        const apart = [0, 1, 2].some(
          (part) => Math.abs(one!.data[at + part]! - other!.data[at + part]!) > 20,
        );
        if (apart) count++;
      }
      return count;
    },
    [a.toString('base64'), b.toString('base64')],
  );
}
