/** Draws a net as SVG: a diagram of its layers, or a figure as in papers. */
import type { Network } from '../network/network.ts';
import { diagram } from './diagram.ts';
import { paperFigure } from './paper.ts';
import type { FigureLanguage } from './words.ts';

export const figureStyles = ['diagram', 'paper'] as const;
export type FigureStyle = (typeof figureStyles)[number];

/** Throws a `Problem` if the layers do not fit each other. */
export function networkFigure(network: Network, style: FigureStyle, language: FigureLanguage): string {
  return style === 'paper' ? paperFigure(network, language) : diagram(network, language);
}
