/**
 * Signs of training outside the window: progress and the number of runs on the program's icon, and a
 * notification when a run ends out of sight.
 */
import { type BrowserWindow, Notification, app } from 'electron';
import type { LabClient } from '../../shared/api/api.ts';
import type { RunSummary } from '../../shared/runs/runs.ts';
import type { Texts } from './texts.ts';

const underWay = ['queued', 'running', 'paused'];

export interface RunSignsOptions {
  readonly lab: Pick<LabClient, 'on'>;
  readonly texts: () => Texts;
  readonly window: () => BrowserWindow | undefined;
  readonly showWindow: () => void;
}

export function showRunSigns({ lab, texts, window, showWindow }: RunSignsOptions): void {
  const runs = new Map<number, { done: number; all: number }>();
  let badge = 0;
  const draw = () => {
    const sums = [...runs.values()].reduce(
      (sum, { done, all }) => ({ done: sum.done + done, all: sum.all + all }),
      { done: 0, all: 0 },
    );
    // Only macOS and Unity have a badge; elsewhere nothing is drawn.
    if (badge !== runs.size) app.setBadgeCount((badge = runs.size));
    // A value below 0 removes the bar.
    window()?.setProgressBar(sums.all === 0 ? -1 : sums.done / sums.all);
  };
  lab.on('run.changed', (run) => {
    const wasUnderWay = runs.has(run.id);
    if (underWay.includes(run.status))
      runs.set(run.id, { done: run.step, all: run.stepsPerEpoch * run.settings.epochs });
    else runs.delete(run.id);
    draw();
    if (wasUnderWay && (run.status === 'finished' || run.status === 'failed')) announce(run);
  });
  lab.on('run.batchLosses', ({ run, from, losses }) => {
    const progress = runs.get(run);
    if (!progress) return;
    progress.done = from + losses.length;
    draw();
  });

  function announce(run: RunSummary): void {
    const shown = window();
    if ((shown?.isVisible() && shown.isFocused()) || !Notification.isSupported()) return;
    const said = run.status === 'failed' ? texts().runFailed : texts().runFinished;
    const accuracy = run.last ? `${((100 * run.last.testCorrect) / run.last.testTotal).toFixed(2)}%` : '';
    const notification = new Notification({ title: said(run), body: accuracy });
    notification.on('click', showWindow);
    notification.show();
  }
}
