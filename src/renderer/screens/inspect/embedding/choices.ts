/** How an embedding is made and coloured. */
export const methods = ['pca', 'umap'] as const;
export type Method = (typeof methods)[number];
export const colourings = ['label', 'prediction', 'error'] as const;
export type ColourBy = (typeof colourings)[number];

/** Returns a class's colour: hues evenly spaced, of two lightnesses in turn so that neighbours differ more. */
export function classColour(index: number, classes: number, theme: 'light' | 'dark'): string {
  const light = theme === 'light' ? [50, 62] : [70, 82];
  return `oklch(${light[index % 2]}% 0.16 ${Math.round((360 * index) / Math.max(1, classes))})`;
}
