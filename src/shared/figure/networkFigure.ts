/** Draws a net as SVG: a diagram of its layers, or a figure as in papers. */
import type { Language } from '../base/languages.ts';
import type { Network } from '../network/network.ts';
import { diagram } from './diagram.ts';
import { paperFigure } from './paper.ts';

export const figureStyles = ['diagram', 'paper'] as const;
export type FigureStyle = (typeof figureStyles)[number];

/** Throws a `Problem` if the layers do not fit each other. */
export function networkFigure(network: Network, style: FigureStyle, language: Language): string {
  return style === 'paper' ? paperFigure(network, language) : diagram(network, language);
}
