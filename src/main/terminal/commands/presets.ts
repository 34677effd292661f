/** `stride presets`: lists the nets that come with Stride. */
import { presets } from '../../../shared/network/presets.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import { count, describeOptimizer, table } from '../reports/format.ts';
import { type Io, print, printJson } from '../io.ts';

export function listPresets(io: Io, { json }: { json?: boolean }): void {
  const rows = presets.map(({ network, settings }) => ({ network, settings, ...summarize(network) }));
  if (json) {
    printJson(
      io,
      rows.map(({ network, settings, parameterCount }) => ({ network, settings, parameterCount })),
    );
    return;
  }
  const text = table(
    [
      { title: 'net', align: 'left', cell: ({ network }) => network.name },
      { title: 'layers', cell: ({ layers }) => String(layers.length) },
      { title: 'parameters', cell: ({ parameterCount }) => count(parameterCount) },
      { title: 'epochs', cell: ({ settings }) => String(settings.epochs) },
      { title: 'batch size', cell: ({ settings }) => String(settings.batchSize) },
      { title: 'optimizer', align: 'left', cell: ({ settings }) => describeOptimizer(settings.optimizer) },
    ],
    rows,
  );
  print(io, text);
}
