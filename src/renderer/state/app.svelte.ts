/** All state of one window, made once in main.ts and handed down by context. */
import { createContext } from 'svelte';
import { toProblemRecord } from '../../shared/problem.ts';
import { problemText } from '../i18n/problems.ts';
import type { Connection } from '../transport/client.ts';
import { Actions } from './actions.svelte.ts';
import { ConnectionState } from './connection.svelte.ts';
import { FrameState } from './frame.svelte.ts';
import { LiveRuns } from './liveRuns.svelte.ts';
import { LocaleState } from './locale.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { PreferencesState } from './preferences.svelte.ts';
import { Router } from './router.svelte.ts';
import { RunsState } from './runs.svelte.ts';
import { ThemeState } from './theme.svelte.ts';
import { TrainForm } from './trainForm.svelte.ts';

export class AppState {
  readonly preferences: PreferencesState;
  readonly locale: LocaleState;
  readonly theme: ThemeState;
  readonly router: Router;
  readonly runs: RunsState;
  readonly live: LiveRuns;
  readonly form = new TrainForm();
  readonly frame = new FrameState();
  readonly notices = new Notices((error) => problemText(toProblemRecord(error)));
  readonly actions = new Actions((error) => {
    this.notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
  });
  readonly connection: ConnectionState;

  constructor(lab: Connection, window: Window) {
    this.preferences = new PreferencesState(lab);
    this.locale = new LocaleState(window, this.preferences);
    this.theme = new ThemeState(window, this.preferences);
    this.router = new Router(window);
    this.runs = new RunsState(lab);
    this.live = new LiveRuns(lab);
    this.connection = new ConnectionState(lab, () => {
      void this.preferences.load();
      void this.runs.load();
      void this.form.load(lab);
      this.live.reload();
    });
  }
}

export const [useApp, provideApp] = createContext<AppState>();
