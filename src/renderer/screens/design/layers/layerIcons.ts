/** An icon for each layer kind, and the groups of the palette. */
import type { Component } from 'svelte';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import CircleDot from '@lucide/svelte/icons/circle-dot';
import Combine from '@lucide/svelte/icons/combine';
import GitMerge from '@lucide/svelte/icons/git-merge';
import Grid3x3 from '@lucide/svelte/icons/grid-3x3';
import Rows3 from '@lucide/svelte/icons/rows-3';
import Shrink from '@lucide/svelte/icons/shrink';
import SlidersHorizontal from '@lucide/svelte/icons/sliders-horizontal';
import Spline from '@lucide/svelte/icons/spline';
import Waypoints from '@lucide/svelte/icons/waypoints';
import { activationFunctions } from '../../../../shared/layers/activation.ts';
import type { Layer, LayerType } from '../../../../shared/layers/index.ts';
import { layerTitle } from '../../../i18n/design.ts';
import { layerLabel } from '../../../i18n/layers.ts';
import { m } from '../../../paraglide/messages.js';

export const layerIcons: Record<LayerType, Component<{ size?: number | string }>> = {
  conv2d: Grid3x3,
  maxPool2d: Shrink,
  avgPool2d: Combine,
  globalAveragePool: CircleDot,
  batchNorm2d: SlidersHorizontal,
  dropout: CircleDashed,
  activation: Spline,
  flatten: Rows3,
  linear: Waypoints,
  residual: GitMerge,
};

export interface Offer {
  readonly id: string;
  /** A layer kind with its usual values, or a given layer. */
  readonly what: LayerType | Layer;
  readonly type: LayerType;
  readonly label: () => string;
}

export interface OfferGroup {
  readonly label: () => string;
  readonly offers: readonly Offer[];
}

const kind = (type: LayerType): Offer => ({
  id: `offer-${type}`,
  what: type,
  type,
  label: () => layerLabel(type),
});

export const offerGroups: readonly OfferGroup[] = [
  { label: m.design_group_convolution, offers: [kind('conv2d')] },
  {
    label: m.design_group_pooling,
    offers: [kind('maxPool2d'), kind('avgPool2d'), kind('globalAveragePool')],
  },
  {
    label: m.design_group_activation,
    offers: activationFunctions.map((name): Offer => {
      const layer: Layer = { type: 'activation', function: name };
      return { id: `offer-${name}`, what: layer, type: 'activation', label: () => layerTitle(layer) };
    }),
  },
  { label: m.design_group_shape, offers: [kind('flatten')] },
  { label: m.design_group_linear, offers: [kind('linear')] },
  { label: m.design_group_regularisation, offers: [kind('batchNorm2d'), kind('dropout')] },
  { label: m.design_group_block, offers: [kind('residual')] },
];
