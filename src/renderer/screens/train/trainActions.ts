/** The Train screen's actions from the keyboard: starting what is filled in, and steering runs. */
import { runLabel } from '../../i18n/format.ts';
import { m } from '../../paraglide/messages.js';
import type { Action } from '../../app/actions.svelte.ts';
import type { AppState } from '../../app/app.svelte.ts';
import { isFinishingEpoch } from '../../../shared/runs/runEvents.ts';
import type { RunStatus, RunSummary } from '../../../shared/runs/runs.ts';

export function trainActions(app: AppState, start: () => Promise<void>): Action[] {
  const { form, runs } = app;
  /** Returns the newest run with one of these statuses, which the action applies to. */
  const newest = (...statuses: RunStatus[]): RunSummary | undefined =>
    runs.list.find(({ status }) => statuses.includes(status));
  const named = (run: RunSummary | undefined) => ({ run: run ? runLabel(run) : '' });
  const onNewest = (statuses: RunStatus[], work: (run: RunSummary) => Promise<void>) => () => {
    const run = newest(...statuses);
    return run ? work(run) : undefined;
  };
  const steer = (id: string, statuses: RunStatus[], action: Omit<Action, 'id' | 'group'>): Action => ({
    id,
    group: 'train',
    available: () => newest(...statuses) !== undefined,
    ...action,
  });
  const live = ['running', 'paused'] as const satisfies RunStatus[];
  return [
    {
      id: 'train.start',
      group: 'train',
      title: m.train_action_start,
      keys: '$mod+Enter',
      inFields: true,
      available: () => form.ready,
      run: start,
    },
    steer('train.pause', ['running'], {
      title: () => m.train_action_pause(named(newest('running'))),
      keys: 'p',
      run: onNewest(['running'], (run) => runs.act('pause', run.id)),
    }),
    steer('train.resume', ['paused'], {
      title: () => m.train_action_resume(named(newest('paused'))),
      keys: 'p',
      run: onNewest(['paused'], (run) => runs.act('resume', run.id)),
    }),
    steer('train.finishEpoch', live, {
      title: () => m.train_action_finish(named(newest(...live))),
      keys: 'e',
      run: onNewest(live, (run) => runs.finishEpoch(run.id, !isFinishingEpoch(app.live.open(run.id).events))),
    }),
    steer('train.stop', live, {
      title: () => m.train_action_stop(named(newest(...live))),
      keys: 's',
      run: onNewest(live, (run) => runs.act('stop', run.id)),
    }),
    steer('train.learningRate', live, {
      title: () => m.train_action_rate(named(newest(...live))),
      keys: 'l',
      // The popover contains the run's other buttons.
      run: () => {
        const run = newest(...live);
        if (run) document.getElementById(`learning-rate-${run.id}`)?.click();
      },
    }),
    {
      id: 'train.reset',
      group: 'train',
      title: m.train_action_reset,
      run: () => {
        form.resetAll();
      },
    },
  ];
}
