/** A chart's numbers as a CSV file; picture.ts saves its picture. Nothing here blocks the window for long. */
import Papa from 'papaparse';
import { curvesOf } from '../../plot/curves.ts';
import { smoothingWeight } from '../../plot/data/smoothing.ts';
import type { Trace } from '../../plot/data/trace.ts';
import { mappingOf } from '../../plot/xAxis.ts';

export function saveFile(name: string, content: Blob): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(content);
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; revoking the URL at once would be too early in some browsers.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * The table has one row per step; values after an epoch are in its last step's row. Column names are English in every
 * language.
 */
const columns = [
  'run',
  'step',
  'epoch',
  'examples',
  'training_seconds',
  'batch_loss',
  'smoothed_loss',
  'running_loss',
  'train_loss',
  'test_loss',
  'test_accuracy',
  'validation_loss',
  'validation_accuracy',
] as const;

const rowsAtOnce = 4000;

/** Yields the parts of one CSV text, so that the window can do other work between two of them. */
export function* csvParts(traces: readonly Trace[], smoothing: number): Generator<string> {
  yield `${columns.join(',')}\r\n`;
  const weight = smoothingWeight(smoothing);
  for (const trace of traces) {
    const { series, stepsPerEpoch } = trace;
    const examples = mappingOf('examples', trace);
    const seconds = mappingOf('seconds', trace);
    const smoothed = weight > 0 ? curvesOf(series).smoothed(weight).values : null;
    const records = new Map(series.epochs.map((record) => [record.epoch * stepsPerEpoch, record]));
    const { length } = series;
    for (let from = 0; from < length; from += rowsAtOnce) {
      const rows = Array.from({ length: Math.min(rowsAtOnce, length - from) }, (_, index) => {
        const step = from + index + 1;
        const record = records.get(step);
        const validation = record?.details?.validation;
        return [
          trace.name,
          step,
          step / stepsPerEpoch,
          examples.toX(step),
          orEmpty(seconds.toX(step)),
          orEmpty(series.losses[step - 1]),
          orEmpty(smoothed?.valueAt(step - 1)),
          orEmpty(series.runningLoss(step - 1)),
          orEmpty(record?.trainLoss),
          orEmpty(record?.testLoss),
          record ? record.testCorrect / record.testTotal : '',
          orEmpty(validation?.loss),
          validation ? validation.correct / validation.total : '',
        ];
      });
      yield `${Papa.unparse(rows, { escapeFormulae: true })}\r\n`;
    }
  }
}

export async function saveData(name: string, traces: readonly Trace[], smoothing: number): Promise<void> {
  const parts: string[] = [];
  for (const part of csvParts(traces, smoothing)) {
    parts.push(part);
    await new Promise((next) => setTimeout(next));
  }
  saveFile(`${name}.csv`, new Blob(parts, { type: 'text/csv' }));
}

function orEmpty(value: number | null | undefined): number | string {
  if (value === null || value === undefined) return '';
  return Number.isFinite(value) ? value : String(value);
}
