/** The values that a chart shows beside its cursor, one a line of a run. */
import { absent, formatLoss, formatShare } from '../i18n/format.ts';
import { m } from '../paraglide/messages.js';
import type { ValuesAt } from '../plot/valuesAt.ts';
import type { LineKind } from './chartView.svelte.ts';

export interface CursorColumn {
  /** Left out while its line is hidden. */
  readonly kind: LineKind;
  readonly label: () => string;
  /** The value as text; a dash where there is none. */
  readonly text: (values: ValuesAt) => string;
}

export const lossColumns: readonly CursorColumn[] = [
  { kind: 'running', label: m.running_loss, text: ({ runningLoss }) => formatLoss(runningLoss) },
  { kind: 'smoothed', label: m.watch_smoothed_loss, text: ({ smoothedLoss }) => formatLoss(smoothedLoss) },
  { kind: 'batch', label: m.watch_batch_loss, text: ({ batchLoss }) => formatLoss(batchLoss) },
  {
    kind: 'testLoss',
    label: m.test_loss,
    text: ({ record }) => afterEpoch(record?.epoch, formatLoss(record?.testLoss)),
  },
  {
    kind: 'validationLoss',
    label: m.watch_validation_loss,
    text: ({ record }) => afterEpoch(record?.epoch, formatLoss(record?.details?.validation?.loss)),
  },
];

export const accuracyColumns: readonly CursorColumn[] = [
  {
    kind: 'testAccuracy',
    label: m.test_accuracy,
    text: ({ record }) => afterEpoch(record?.epoch, formatShare(record?.testCorrect, record?.testTotal)),
  },
  {
    kind: 'validationAccuracy',
    label: m.watch_validation_accuracy,
    text: ({ record }) => {
      const validation = record?.details?.validation;
      return afterEpoch(record?.epoch, formatShare(validation?.correct, validation?.total));
    },
  },
];

/** Which epoch's end a value is of: the cursor may stand between two. */
function afterEpoch(epoch: number | undefined, value: string): string {
  return epoch === undefined ? absent : m.chart_value_after_epoch({ value, epoch });
}
