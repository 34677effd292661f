/** Texts of the Design screen: fields, their allowed values, layer descriptions, and steps. */
import type { Fix } from '../../shared/network/fixes.ts';
import {
  type FieldName,
  type FieldValue,
  type LayerField,
  fallbackOf,
  fieldsOf,
  fieldValue,
  namesOf,
  pairText,
} from '../../shared/layers/fields.ts';
import type { Layer } from '../../shared/layers/index.ts';
import type { FieldChange, LayerDiff } from '../../shared/network/networkDiff.ts';
import { m } from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';
import { formatCount } from './format.ts';
import { activationLabel, layerLabel, layerTitle } from './layers.ts';

export function fieldLabel(name: FieldName): string {
  return namesOf(name).label[getLocale()];
}

export function fieldHint(name: FieldName): string {
  return namesOf(name).hint[getLocale()];
}

/** Describes the allowed values of a field. */
export function allowedText(field: LayerField): string {
  if (field.kind === 'flag' || field.kind === 'choice') return '';
  const limits = { minimum: String(field.minimum), maximum: formatCount2(field.maximum) };
  if (field.kind === 'pair') return m.design_allowed_pair(limits);
  return field.aboveMinimum ? m.design_allowed_above(limits) : m.design_allowed_range(limits);
}

/** Says which values would be valid after an invalid one was typed. */
export function fieldError(field: LayerField): string {
  if (field.kind === 'flag' || field.kind === 'choice') return '';
  const limits = { minimum: String(field.minimum), maximum: formatCount2(field.maximum) };
  if (field.kind === 'pair') return m.design_error_pair(limits);
  if (field.kind === 'whole') return m.design_error_whole(limits);
  return field.aboveMinimum ? m.design_error_above(limits) : m.design_error_real(limits);
}

/** Formats a limit, which may be a fraction such as 0.99. */
function formatCount2(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : String(value);
}

export function valueText(field: FieldName, value: FieldValue): string {
  if (typeof value === 'boolean') return value ? m.design_diff_on() : m.design_diff_off();
  if (field === 'function') return activationLabel(String(value));
  return typeof value === 'string' ? value : pairText(value);
}

/** Returns a layer's fields that differ from their defaults: `10 filters · 5×5 · padding 1`. */
export function layerDetails(layer: Layer): string {
  const parts: string[] = [];
  if (layer.type === 'conv2d') parts.push(m.design_filters_count({ count: layer.filters }));
  if (layer.type === 'linear') parts.push(m.design_units_count({ count: layer.units }));
  if ('kernelSize' in layer) {
    const size = pairText(layer.kernelSize);
    parts.push(size.includes('×') ? size : `${size}×${size}`);
  }
  for (const field of fieldsOf(layer)) {
    if (['filters', 'units', 'kernelSize', 'function'].includes(field.name)) continue;
    const value = fieldValue(layer, field);
    if (field.name !== 'p' && String(value) === String(fallbackOf(layer, field))) continue;
    parts.push(
      field.name === 'bias'
        ? m.design_no_bias()
        : `${fieldLabel(field.name).toLowerCase()} ${valueText(field.name, value)}`,
    );
  }
  return parts.join(' · ');
}

/** Describes a step, for texts such as “Undo: remove Convolution”. */
export interface StepLabel {
  readonly kind:
    | 'add'
    | 'remove'
    | 'move'
    | 'duplicate'
    | 'enable'
    | 'disable'
    | 'field'
    | 'rename'
    | 'input'
    | 'paste'
    | 'mend'
    | 'replace';
  /** The layer, if the step concerns one. */
  readonly layer?: Layer;
  readonly count?: number;
}

const steps: Record<StepLabel['kind'], (inputs: { what: string }) => string> = {
  add: m.design_step_add,
  remove: m.design_step_remove,
  move: m.design_step_move,
  duplicate: m.design_step_duplicate,
  enable: m.design_step_enable,
  disable: m.design_step_disable,
  field: m.design_step_field,
  rename: m.design_step_rename,
  input: m.design_step_input,
  paste: m.design_step_paste,
  mend: m.design_step_mend,
  replace: m.design_step_replace,
};

/** Returns the text of a step: `remove Convolution`, `move 3 layers`. */
export function stepText(label: StepLabel): string {
  return steps[label.kind]({ what: subject(label) });
}

/** Returns the name of a layer, or the number of several. */
export function subject({ layer, count = 1 }: Pick<StepLabel, 'layer' | 'count'>): string {
  return layer ? layerTitle(layer) : m.design_layers_count({ count });
}

export function fixText(fix: Fix): string {
  if (fix.kind === 'append') return m.design_fix_append({ units: fix.units });
  if (fix.kind === 'insertBefore') return m.design_fix_insert({ layer: layerLabel(fix.type) });
  return m.design_fix_field({ field: fieldLabel(fix.field).toLowerCase(), value: pairText(fix.value) });
}

function changeText({ field, before, after }: FieldChange): string {
  return `${fieldLabel(field)} ${valueText(field, before)} → ${valueText(field, after)}`;
}

/** Describes the change of a layer in one line. */
export function diffText(diff: LayerDiff): string {
  if (diff.kind === 'same') return describe(diff.after);
  if (diff.kind === 'added') return m.design_diff_added({ layer: describe(diff.after) });
  if (diff.kind === 'removed') return m.design_diff_removed({ layer: describe(diff.before) });
  const changes = [
    ...diff.fields.map(changeText),
    ...(diff.switched ? [diff.after.disabled ? m.design_diff_off() : m.design_diff_on()] : []),
    ...(diff.inner.some(({ kind }) => kind !== 'same') ? [m.design_diff_inside()] : []),
  ];
  return m.design_diff_changed({ layer: layerTitle(diff.after), changes: changes.join(m.list_separator()) });
}

function describe(layer: Layer): string {
  const details = layerDetails(layer);
  return details ? `${layerTitle(layer)} (${details})` : layerTitle(layer);
}
