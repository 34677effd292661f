/** The maps that share a colour scale: each has its own, all maps of a layer share one, or all layers of the net do. */
export const scaleChoices = ['unit', 'layer', 'network'] as const;
export type ScaleBy = (typeof scaleChoices)[number];
