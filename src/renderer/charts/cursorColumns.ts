/** The values that a chart shows beside its cursor, one for each line of a run. */
import { formatLoss, formatShare } from '../i18n/format.ts';
import { m } from '../paraglide/messages.js';
import type { ValuesAt } from '../plot/data/valuesAt.ts';
import type { LineKind } from './chartView.svelte.ts';

export interface CursorColumn {
  /** The value is left out while its line is hidden. */
  readonly kind: LineKind;
  readonly label: () => string;
  /** Returns the value as text; a dash if there is none. */
  readonly text: (values: ValuesAt) => string;
  /** True if the value is that of an epoch's end, the one nearest to the cursor. */
  readonly afterEpoch: boolean;
}

export const lossColumns: readonly CursorColumn[] = [
  {
    kind: 'running',
    label: m.running_loss,
    text: ({ runningLoss }) => formatLoss(runningLoss),
    afterEpoch: false,
  },
  {
    kind: 'smoothed',
    label: m.watch_smoothed_loss,
    text: ({ smoothedLoss }) => formatLoss(smoothedLoss),
    afterEpoch: false,
  },
  {
    kind: 'batch',
    label: m.watch_batch_loss,
    text: ({ batchLoss }) => formatLoss(batchLoss),
    afterEpoch: false,
  },
  {
    kind: 'testLoss',
    label: m.test_loss,
    text: ({ record }) => formatLoss(record?.testLoss),
    afterEpoch: true,
  },
  {
    kind: 'validationLoss',
    label: m.watch_validation_loss,
    text: ({ record }) => formatLoss(record?.details?.validation?.loss),
    afterEpoch: true,
  },
];

export const accuracyColumns: readonly CursorColumn[] = [
  {
    kind: 'testAccuracy',
    label: m.test_accuracy,
    text: ({ record }) => formatShare(record?.testCorrect, record?.testTotal),
    afterEpoch: true,
  },
  {
    kind: 'validationAccuracy',
    label: m.watch_validation_accuracy,
    text: ({ record }) => {
      const validation = record?.details?.validation;
      return formatShare(validation?.correct, validation?.total);
    },
    afterEpoch: true,
  },
];
