/**
 * Aligns two nets layer by layer at the least cost (S. Needleman and C. Wunsch, J. Mol. Biol. 48, 1970). Leaving a
 * layer alone costs 1; pairing two layers of one kind costs 0.15 for each field that differs, up to 0.9; layers of
 * different kinds are never paired. Leaving two layers alone costs more than pairing them, so a changed layer is shown
 * as changed rather than as removed and inserted.
 */
import { type FieldName, type FieldValue, fieldValue, layerFields } from '../layers/fields.ts';
import type { Layer } from '../layers/index.ts';
import type { Network } from './network.ts';
import { type LayerSummary, walkNetwork } from './shapes.ts';

export interface FieldDifference {
  readonly field: FieldName;
  readonly a: FieldValue;
  readonly b: FieldValue;
}

export interface AlignedLayer {
  readonly kind: 'same' | 'changed' | 'onlyA' | 'onlyB';
  /** The layer with shapes and costs; null if only the other net has it. */
  readonly a: LayerSummary | null;
  readonly b: LayerSummary | null;
  readonly fields: readonly FieldDifference[];
  /** True if both layers are blocks whose inner layers differ. */
  readonly inner: boolean;
}

const gap = 1;
const fieldCost = 0.15;
const mostChanged = 0.9;

/** Disabled layers are left out, because they have no effect. */
export function alignNetworks(a: Network, b: Network): AlignedLayer[] {
  return align(walkNetwork(a).layers, walkNetwork(b).layers);
}

function align(a: readonly LayerSummary[], b: readonly LayerSummary[]): AlignedLayer[] {
  const width = b.length + 1;
  /** The least cost of aligning the rest from a[i] and b[j] on. */
  const cost = new Float64Array((a.length + 1) * width);
  const at = (i: number, j: number) => cost[i * width + j] as number;
  for (let i = a.length; i >= 0; i -= 1) {
    for (let j = b.length; j >= 0; j -= 1) {
      const [left, right] = [a[i], b[j]];
      cost[i * width + j] =
        left && right
          ? Math.min(pairCost(left, right) + at(i + 1, j + 1), gap + at(i + 1, j), gap + at(i, j + 1))
          : (a.length - i + b.length - j) * gap;
    }
  }
  const rows: AlignedLayer[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const [left, right] = [a[i], b[j]];
    if (left && right && at(i, j) === pairCost(left, right) + at(i + 1, j + 1)) {
      rows.push(pair(left, right));
      i += 1;
      j += 1;
    } else if (left && (!right || at(i, j) === gap + at(i + 1, j))) {
      rows.push({ kind: 'onlyA', a: left, b: null, fields: [], inner: false });
      i += 1;
    } else {
      rows.push({ kind: 'onlyB', a: null, b: right as LayerSummary, fields: [], inner: false });
      j += 1;
    }
  }
  return rows;
}

function pairCost(a: LayerSummary, b: LayerSummary): number {
  if (a.layer.type !== b.layer.type) return Infinity;
  const inner = innerDiffers(a.layer, b.layer) ? 1 : 0;
  return Math.min(mostChanged, fieldCost * (differences(a.layer, b.layer).length + inner));
}

function pair(a: LayerSummary, b: LayerSummary): AlignedLayer {
  const fields = differences(a.layer, b.layer);
  const inner = innerDiffers(a.layer, b.layer);
  return { kind: fields.length > 0 || inner ? 'changed' : 'same', a, b, fields, inner };
}

function innerDiffers(a: Layer, b: Layer): boolean {
  if (a.type !== 'residual' || b.type !== 'residual') return false;
  return JSON.stringify(a.layers) !== JSON.stringify(b.layers);
}

/** Returns the fields in which two layers of one kind differ, with defaults filled in. */
function differences(a: Layer, b: Layer): FieldDifference[] {
  return layerFields[a.type]
    .filter((field) => (field.relevant?.(a) ?? true) || (field.relevant?.(b) ?? true))
    .flatMap((field) => {
      const [ofA, ofB] = [fieldValue(a, field), fieldValue(b, field)];
      return pairText(ofA) === pairText(ofB) ? [] : [{ field: field.name, a: ofA, b: ofB }];
    });
}

/** Formats a pair; one number for both axes equals that number twice. */
function pairText(value: FieldValue): string {
  return Array.isArray(value) && value[0] === value[1] ? String(value[0]) : String(value);
}
