/** The parts of a report: sections, tables, figures. */
import { escapeXml } from '../charts/svg.ts';
import type { TextTable } from '../tables/tables.ts';

export function section(title: string, content: string): string {
  return content ? `<section><h2>${escapeXml(title)}</h2>${content}</section>` : '';
}

export function tableHtml({ head, rows, numbersFrom }: TextTable): string {
  if (rows.length === 0) return '';
  const cell = (text: string, column: number) =>
    column === 0
      ? `<th scope="row">${escapeXml(text)}</th>`
      : `<td${column >= numbersFrom ? ' class="number"' : ''}>${escapeXml(text)}</td>`;
  return (
    `<div class="scroll" tabindex="0" role="group" aria-label="${escapeXml(head.join(', '))}"><table><thead><tr>` +
    head
      .map((text, i) => `<th scope="col"${i >= numbersFrom ? ' class="number"' : ''}>${escapeXml(text)}</th>`)
      .join('') +
    `</tr></thead><tbody>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')}</tbody></table></div>`
  );
}

export function figure(svg: string, caption: string): string {
  return `<figure>${svg}<figcaption>${escapeXml(caption)}</figcaption></figure>`;
}
