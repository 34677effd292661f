/**
 * The events of a run as marks on its charts: changes that affect the curve are labelled, breaks in training are quiet
 * lines.
 */
import type { RunEvent } from '../../shared/runs/runEvents.ts';
import type { TraceEvent } from '../plot/data/trace.ts';
import { m } from '../paraglide/messages.js';
import { formatTick } from './format.ts';

export function chartEvents(events: readonly RunEvent[]): TraceEvent[] {
  const marks: TraceEvent[] = [];
  for (const event of events) {
    const { step } = event;
    switch (event.kind) {
      case 'learningRate':
        marks.push({
          step,
          label: m.watch_event_learning_rate({
            before: formatTick(event.detail.before),
            after: formatTick(event.detail.learningRate),
          }),
          quiet: false,
        });
        break;
      case 'paused':
      case 'stopped':
      case 'interrupted':
        // A pause and the resumption after it are at the same step, and share one line.
        if (!marks.some((mark) => mark.quiet && mark.step === step))
          marks.push({ step, label: eventWord(event.kind), quiet: true });
        break;
      default:
    }
  }
  return marks;
}

function eventWord(kind: 'paused' | 'stopped' | 'interrupted'): string {
  return { paused: m.status_paused, stopped: m.status_stopped, interrupted: m.status_interrupted }[kind]();
}
