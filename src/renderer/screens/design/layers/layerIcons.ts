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
import { type Layer, type LayerType, layerKinds, layerTypes } from '../../../../shared/layers/index.ts';
import { type LayerGroup, layerGroups } from '../../../../shared/layers/layer.ts';
import { layerLabel, layerTitle } from '../../../i18n/layers.ts';
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

const groupLabels: Readonly<Record<LayerGroup, () => string>> = {
  convolution: m.design_group_convolution,
  pooling: m.design_group_pooling,
  activation: m.design_group_activation,
  shape: m.design_group_shape,
  linear: m.design_group_linear,
  regularisation: m.design_group_regularisation,
  block: m.design_group_block,
};

/** Returns what the palette offers of a kind: one entry, or one for each activation function. */
function offersOf(type: LayerType): Offer[] {
  if (type !== 'activation')
    return [{ id: `offer-${type}`, what: type, type, label: () => layerLabel(type) }];
  return activationFunctions.map((name) => {
    const layer: Layer = { type, function: name };
    return { id: `offer-${name}`, what: layer, type, label: () => layerTitle(layer) };
  });
}

export const offerGroups: readonly OfferGroup[] = layerGroups.map((group) => ({
  label: groupLabels[group],
  offers: layerTypes.filter((type) => layerKinds[type].group === group).flatMap(offersOf),
}));
