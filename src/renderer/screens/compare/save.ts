/** Saves a comparison's tables and charts as files. */
import { type TextTable, csvOf } from '../../../shared/compare/tables/tables.ts';
import { saveFile } from '../../app/runs/runActions.svelte.ts';

export function saveCsv(table: TextTable): void {
  saveFile({ fileName: `${table.name}.csv`, mediaType: 'text/csv;charset=utf-8', text: csvOf(table) });
}

/** Makes the drawing self-contained, with the theme's colours in place of their names. */
function standAlone(svg: string): string {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement('span');
  document.body.append(probe);
  const text = svg.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => {
    // An element with the theme resolves a colour that depends on it.
    probe.style.color = style.getPropertyValue(name);
    return getComputedStyle(probe).color;
  });
  probe.style.color = style.getPropertyValue('--card');
  const ground = getComputedStyle(probe).color;
  probe.remove();
  return text.replace(/(<svg[^>]*>)/, `$1<rect width="100%" height="100%" fill="${ground}"/>`);
}

export function saveSvg(name: string, svg: string): void {
  saveFile({ fileName: `${name}.svg`, mediaType: 'image/svg+xml', text: standAlone(svg) });
}

/** Saves a PNG with twice as many pixels as on the screen, so that it stays sharp when enlarged. */
export async function savePng(name: string, svg: string): Promise<void> {
  const image = new Image();
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standAlone(svg))}`;
  await new Promise((resolve, reject) => {
    image.onload = resolve;
    image.onerror = () => reject(new Error('the chart could not be drawn'));
    image.src = url;
  });
  const canvas = document.createElement('canvas');
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const link = document.createElement('a');
  link.href = canvas.toDataURL('image/png');
  link.download = `${name}.png`;
  link.click();
}
