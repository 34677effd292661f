/** Fixes for a layer that does not fit, as edits: the same values that its problem names in words. */
import { type FieldName, fallbackOf, fieldProblem, layerFields } from '../layers/fields.ts';
import { type Layer, type LayerType, layerKinds } from '../layers/index.ts';
import { type PairField, type Shape, pair } from '../layers/layer.ts';
import type { Problem } from '../base/problem.ts';

export type Fix =
  | { readonly kind: 'field'; readonly field: FieldName; readonly value: number | [number, number] }
  | { readonly kind: 'insertBefore'; readonly type: Extract<LayerType, 'flatten' | 'globalAveragePool'> }
  | { readonly kind: 'append'; readonly units: number };

/** Returns fixes, the best first. Empty if no fix is certain to fit. */
export function fixesOf(problem: Problem, layer: Layer, input: Shape): readonly Fix[] {
  switch (problem.code) {
    case 'layer.kernel-too-large':
    case 'layer.dilated-kernel-too-large':
      return [
        setAxis(layer, 'kernelSize', problem, 'largest'),
        setAxis(layer, 'padding', problem, 'padding'),
      ].filter((fix) => fix !== null && fits(layer, input, fix)) as Fix[];
    case 'layer.pool-padding': {
      const fix = setAxis(layer, 'padding', problem, 'largest');
      return fix && fits(layer, input, fix) ? [fix] : [];
    }
    case 'layer.needs-flat':
      return [
        { kind: 'insertBefore', type: 'flatten' },
        { kind: 'insertBefore', type: 'globalAveragePool' },
      ];
    default:
      return [];
  }
}

/** Returns the field with one axis changed; both axes if the layer has one number for both. */
function setAxis(layer: Layer, name: FieldName, { parameters }: Problem, from: string): Fix | null {
  const field = layerFields[layer.type].find((each) => each.name === name);
  const value = parameters[from];
  if (!field || typeof value !== 'number') return null;
  const own =
    (layer as Partial<Record<FieldName, PairField>>)[name] ?? (fallbackOf(layer, field) as PairField);
  const axis = parameters['axis'] === 1 ? 1 : 0;
  const changed: number | [number, number] =
    typeof own === 'number'
      ? value
      : axis === 0
        ? [value, pair(own, [1, 1])[1]]
        : [pair(own, [1, 1])[0], value];
  return fieldProblem(field, changed) === null ? { kind: 'field', field: name, value: changed } : null;
}

function fits(layer: Layer, input: Shape, fix: Fix): boolean {
  if (fix.kind !== 'field') return true;
  try {
    layerKinds[layer.type].outputShape({ ...layer, [fix.field]: fix.value } as never, input);
    return true;
  } catch {
    return false;
  }
}
