/** The four numbers that are shown of a run: while it trains its speed and time left, afterwards its best and its time. */
import type { RunSummary } from '../../../shared/runs/runs.ts';
import {
  absent,
  formatClock,
  formatCount,
  formatLoss,
  formatShare,
  formatTimeLeft,
} from '../../i18n/format.ts';
import { m } from '../../paraglide/messages.js';
import type { LiveRun } from '../../app/runs/liveRuns.svelte.ts';

interface Reading {
  readonly name: string;
  /** A shorter name, where there is little room. */
  readonly short: string;
  readonly value: string;
}

const reading = (name: string, value: string, short = name): Reading => ({ name, short, value });

export function runReadings(run: RunSummary, live: LiveRun): readonly Reading[] {
  const { imagesPerSecond, timeLeft } = live;
  const { best, last } = run;
  // Of a run that another process trains, no speed is known, and no estimate will follow.
  const unknown = imagesPerSecond === null ? absent : m.time_left_unknown();
  return [
    reading(m.running_loss(), formatLoss(live.runningLoss), m.train_loss_short()),
    reading(m.test_accuracy(), formatShare(last?.testCorrect, last?.testTotal), m.train_accuracy_short()),
    ...(run.status === 'running'
      ? [
          reading(m.images_per_second(), imagesPerSecond === null ? absent : formatCount(imagesPerSecond)),
          reading(m.time_left(), timeLeft === null ? unknown : formatTimeLeft(timeLeft)),
        ]
      : [
          reading(
            best ? m.best_in_epoch({ epoch: best.epoch }) : m.best_accuracy(),
            formatShare(best?.testCorrect, last?.testTotal),
          ),
          reading(m.training_time(), formatClock(run.trainSeconds)),
        ]),
  ];
}
