/** What shares a colour scale: each map has its own, all maps of a layer have one, or all layers of the net. */
export const scaleChoices = ['unit', 'layer', 'network'] as const;
export type ScaleBy = (typeof scaleChoices)[number];
