/**
 * What a net's units do on the whole test set. A unit is a feature map of a layer with maps, otherwise an element of the
 * layer's output.
 */
import { z } from 'zod';
import type { Layer } from '../layers/index.ts';
import { histogramSchema } from './histogram.ts';
import type { TraceStep } from './trace.ts';

const float32: z.ZodType<Float32Array> = z.instanceof(Float32Array);

/** Number of images that are kept for each unit. */
export const mostWaking = 9;

export const layerSurveySchema = z.strictObject({
  /** The layer's place, as in `traceSteps` (trace.ts). */
  place: z.string(),
  /** Largest, smallest and mean output of each unit, over all images and all positions of a map. */
  largest: float32,
  smallest: float32,
  mean: float32,
  /** Share of each unit's outputs that are saturated; null unless the layer is a sigmoid or tanh. */
  saturated: float32.nullable(),
  /**
   * For each unit the test images with its largest outputs, the largest first: units × `waking`. An image counts with
   * the largest output of its map; `wakingAt` is that output's position within the map, and images are indices of the
   * test set.
   */
  waking: z.int(),
  wakingImages: float32,
  wakingValues: float32,
  wakingAt: float32,
  /** All outputs of the layer. */
  histogram: histogramSchema,
});
export type LayerSurvey = z.infer<typeof layerSurveySchema>;

export const unitSurveySchema = z.strictObject({
  /** Number of test images. */
  images: z.int(),
  layers: z.array(layerSurveySchema),
});
export type UnitSurvey = z.infer<typeof unitSurveySchema>;

/** A unit counts as saturated if at least this share of its outputs is. */
const saturatedFrom = 0.9;

/** A test image that makes a unit's output large. */
export interface Waking {
  readonly image: number;
  readonly value: number;
  /** Position within the unit's map, row by row. */
  readonly at: number;
}

export function wakingOf(survey: LayerSurvey, unit: number): Waking[] {
  const { waking, wakingImages, wakingValues, wakingAt } = survey;
  return Array.from({ length: waking }, (_, i) => {
    const at = unit * waking + i;
    return {
      image: wakingImages[at] as number,
      value: wakingValues[at] as number,
      at: wakingAt[at] as number,
    };
  });
}

export type UnitTrouble = 'dead' | 'saturated';

/**
 * Returns what is wrong with a unit of an activation layer: it is dead if its output is the same on every image, which
 * for a ReLU is zero, and its gradient is zero then as well.
 */
export function troubleOf(layer: Layer, survey: LayerSurvey, unit: number): UnitTrouble | null {
  if (layer.type !== 'activation') return null;
  if ((survey.saturated?.[unit] ?? 0) >= saturatedFrom) return 'saturated';
  return survey.largest[unit] === survey.smallest[unit] ? 'dead' : null;
}

/**
 * Returns the survey whose images say what would wake a unit: that of the layer before an activation, since a dead
 * unit's own output is the same on all images.
 */
export function inputSurvey(
  step: TraceStep,
  surveys: ReadonlyMap<string, LayerSurvey>,
): LayerSurvey | undefined {
  const before = surveys.get(step.from);
  const units = surveys.get(step.place)?.largest.length;
  return before && before.largest.length === units ? before : undefined;
}

/** Number of a step's units, and of the outputs that belong to each. */
export function unitsOf({ output }: Pick<TraceStep, 'output'>): { units: number; area: number } {
  return output.kind === 'map'
    ? { units: output.channels, area: output.height * output.width }
    : { units: output.features, area: 1 };
}
