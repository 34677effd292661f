/** Describes the filter's fields in a few words. */
import type { RunField } from '../../../shared/runQuery/fields.ts';
import { m } from '../../paraglide/messages.js';

const hints: Readonly<Record<RunField, () => string>> = {
  name: m.runs_field_name,
  net: m.runs_field_net,
  note: m.runs_field_note,
  tag: m.runs_field_tag,
  status: m.runs_field_status,
  dataset: m.dataset,
  optimizer: m.optimizer,
  accuracy: m.runs_field_accuracy,
  last: m.runs_field_last,
  loss: m.runs_field_loss,
  parameters: m.runs_field_parameters,
  epochs: m.runs_field_epochs,
  time: m.runs_field_time,
  lr: m.setting_learning_rate,
  batch: m.setting_batch_size,
  seed: m.seed,
  created: m.runs_field_created,
  sweep: m.runs_field_sweep,
  id: m.runs_field_id,
  archived: m.runs_field_archived,
  deleted: m.runs_field_deleted,
};

export function fieldHint(field: RunField): string {
  return hints[field]();
}
