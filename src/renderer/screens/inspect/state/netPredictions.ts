/** What one net predicts for every test image. Those of a checkpoint are kept by the lab, so they come at once. */
import type { CallReply, LabClient } from '../../../../shared/api/api.ts';
import type { Moment } from '../../../../shared/inspect/inspection.ts';
import { NewestAnswer } from '../../../app/newestAnswer.svelte.ts';

export type NetPredictions = NewestAnswer<Moment, CallReply<'compare.predictions'>>;

export function netPredictions(lab: LabClient, run: number): NetPredictions {
  return new NewestAnswer(({ checkpoint, epoch }) =>
    epoch === undefined
      ? lab.call('compare.predictions', { run, checkpoint })
      : lab.call('inspect.predictions', { run, checkpoint, epoch }),
  );
}
