/** Names the checkpoint that something was computed from: it may be of another epoch than the one shown beside it. */
import type { Inspected } from '../../../../shared/inspect/inspection.ts';
import { m } from '../../../paraglide/messages.js';

export function checkpointNote({ checkpoint, epoch, batch }: Inspected): string {
  // At an epoch's end, a checkpoint's position is the start of the next one.
  if (checkpoint === 'epoch')
    return epoch === 1 ? m.inspect_before_training() : m.inspect_after_epoch({ epoch: epoch - 1 });
  const kind = checkpoint === 'best' ? m.watch_checkpoint_best() : m.watch_checkpoint_last();
  return batch === 0
    ? m.watch_checkpoint_after({ kind, epoch: epoch - 1 })
    : m.watch_checkpoint_within({ kind, epoch, batch });
}
