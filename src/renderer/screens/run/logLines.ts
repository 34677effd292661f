/** Describes a line of a run's log. */
import type { RunEvent } from '../../../shared/runs/runEvents.ts';
import { type LoggedKernels, stepTimes } from '../../../shared/training/kernels.ts';
import { formatCount, formatDuration, formatLoss, formatShare, formatTick } from '../../i18n/format.ts';
import { problemText } from '../../i18n/problems.ts';
import { evaluatedOn } from '../../app/runs/scoreRun.ts';
import { m } from '../../paraglide/messages.js';

export function logLine(event: RunEvent): string {
  switch (event.kind) {
    case 'created':
      return m.runs_log_created();
    case 'started':
      return (
        m.runs_log_started({ cpu: event.detail.cpu, threads: event.detail.threads }) + kernels(event.detail)
      );
    case 'paused':
      return m.status_paused();
    case 'continued':
      return m.runs_log_continued();
    case 'finishEpoch':
      return event.detail.wanted ? m.runs_log_finish_epoch() : m.runs_log_finish_epoch_not();
    case 'stopped':
      return m.status_stopped();
    case 'interrupted':
      return m.status_interrupted();
    case 'resumed':
      return event.detail.lost
        ? m.train_log_resumed_lost({ batch: event.detail.batch, lost: event.detail.lost })
        : m.runs_log_resumed({ batch: event.detail.batch });
    case 'learningRate':
      return m.runs_log_learning_rate({
        before: formatTick(event.detail.before),
        after: formatTick(event.detail.learningRate),
      });
    case 'epoch':
      return m.runs_log_epoch({
        loss: formatLoss(event.detail.trainLoss ?? NaN),
        accuracy: formatShare(event.detail.testCorrect, event.detail.testTotal),
        time: formatDuration(event.detail.seconds),
      });
    case 'best':
      return m.runs_log_best();
    case 'problem':
      return problemText(event.detail.problem);
    case 'finished':
      return m.status_finished();
    case 'exported':
      return m.models_log_exported({
        format: m.models_format({ format: event.detail.format }),
        difference: formatTick(event.detail.largestDifference),
        images: event.detail.images,
        runtime: event.detail.runtime,
      });
    case 'imported':
      return m.models_log_imported({ file: event.detail.file });
    case 'evaluated':
      return m.models_log_evaluated({
        dataset: evaluatedOn(event.detail.dataset),
        correct: formatCount(event.detail.testCorrect),
        total: formatCount(event.detail.testTotal),
      });
  }
}

function kernels({ kernels: source, kernelTimes }: LoggedKernels): string {
  if (source === undefined) return '';
  const text = source === 'stride' ? m.runs_log_kernels_stride() : m.runs_log_kernels_tensorflow();
  if (!kernelTimes) return text;
  const { chosen, other } = stepTimes(source, kernelTimes);
  return text + m.runs_log_kernel_times({ chosen: formatTick(chosen), other: formatTick(other) });
}
