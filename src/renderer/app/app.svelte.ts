/** All state of one window, created once in main.ts and passed down by context. */
import { createContext } from 'svelte';
import { toProblemRecord } from '../../shared/base/problem.ts';
import { m } from '../paraglide/messages.js';
import { runLabel } from '../i18n/format.ts';
import { problemText } from '../i18n/problems.ts';
import type { Connection } from '../transport/client.ts';
import { Actions } from './actions.svelte.ts';
import { AugmentationState } from './train/augmentation.svelte.ts';
import { ConnectionState } from './connection.svelte.ts';
import { DesignState } from './design/design.svelte.ts';
import { EstimateState } from './train/estimate.svelte.ts';
import { FrameState } from './frame.svelte.ts';
import { FoundRuns } from './runs/foundRuns.svelte.ts';
import { InterruptedRuns } from './runs/interruptedRuns.svelte.ts';
import { LiveRuns } from './runs/liveRuns.svelte.ts';
import { LocaleState } from './preferences/locale.svelte.ts';
import { NetworksState } from './design/networks.svelte.ts';
import { ModelDialogs } from './modelDialogs.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { PreferencesState } from './preferences/preferences.svelte.ts';
import { QueueState } from './train/queue.svelte.ts';
import { Router } from './router.svelte.ts';
import { RunActions, saveFile } from './runs/runActions.svelte.ts';
import { RunsState } from './runs/runs.svelte.ts';
import { RunTable } from './runTable/runTable.svelte.ts';
import { SweepsState } from './sweeps.svelte.ts';
import { ThemeState } from './preferences/theme.svelte.ts';
import { Tour } from './tour.svelte.ts';
import { TrainForm } from './train/trainForm.svelte.ts';

export class AppState {
  readonly lab: Connection;
  readonly preferences: PreferencesState;
  readonly locale: LocaleState;
  readonly theme: ThemeState;
  readonly router: Router;
  readonly runs: RunsState;
  readonly table: RunTable;
  readonly runActions: RunActions;
  readonly sweeps: SweepsState;
  readonly live: LiveRuns;
  readonly networks: NetworksState;
  readonly design: DesignState;
  readonly form: TrainForm;
  readonly estimate: EstimateState;
  readonly queue: QueueState;
  readonly augmentation: AugmentationState;
  readonly frame = new FrameState();
  readonly models = new ModelDialogs();
  readonly notices = new Notices((error) => problemText(toProblemRecord(error)));
  readonly actions = new Actions((error) => {
    this.notices.show(problemText(toProblemRecord(error)), { kind: 'bad' });
  });
  readonly tour: Tour;
  readonly interrupted: InterruptedRuns;
  readonly found: FoundRuns;
  readonly connection: ConnectionState;

  constructor(lab: Connection, window: Window) {
    this.lab = lab;
    this.preferences = new PreferencesState(lab);
    this.locale = new LocaleState(window, this.preferences);
    this.theme = new ThemeState(window, this.preferences);
    this.router = new Router(window);
    this.runs = new RunsState(lab);
    this.table = new RunTable(lab);
    this.runActions = new RunActions({
      lab,
      notices: this.notices,
      router: this.router,
      fill: (filling) => {
        this.form.fill(filling);
      },
      save: saveFile,
    });
    this.live = new LiveRuns(lab);
    this.sweeps = new SweepsState(lab);
    lab.on('run.event', ({ run, event }) => {
      if (event.kind !== 'resumed' || !event.detail.lost) return;
      const name = runLabel(this.runs.find(run) ?? { id: run, name: '' });
      this.notices.show(m.train_resumed_lost({ run: name, count: event.detail.lost }));
    });
    this.tour = new Tour((route) => {
      this.router.go(route);
    });
    this.interrupted = new InterruptedRuns(lab, this.preferences, (resumed) => {
      const sweeps = resumed.filter(({ kind }) => kind === 'sweep').length;
      if (sweeps > 0) this.notices.show(m.resumed_sweeps({ count: sweeps }));
      if (resumed.length > sweeps) this.notices.show(m.resumed({ count: resumed.length - sweeps }));
    });
    this.found = new FoundRuns(lab, (recovered) => {
      this.notices.show(m.recovered_runs({ count: recovered.length }));
      void this.runs.load();
      this.table.reload();
    });
    this.networks = new NetworksState(lab);
    this.design = new DesignState(lab, this.networks, window.sessionStorage);
    window.addEventListener('pagehide', () => void this.design.flush());
    this.form = new TrainForm(this.preferences);
    this.form.follow(lab);
    this.estimate = new EstimateState(lab);
    this.queue = new QueueState(lab);
    this.augmentation = new AugmentationState(lab);
    this.connection = new ConnectionState(lab, () => {
      void this.#begin();
      void this.form.load(lab);
      void this.queue.load();
      void this.sweeps.load();
      this.live.reload();
      void this.networks.load().then(() => this.design.reconnected());
      this.table.reload();
    });
    this.form.datasets = () => this.connection.datasets;
  }

  async #begin(): Promise<void> {
    await Promise.all([this.preferences.load(), this.runs.load()]);
    // Whoever opens the window while a run trains wants to watch it; otherwise the settings come first.
    if (this.runs.loaded) this.form.open ??= this.runs.underWay.length === 0;
    // Without a route in the address, a person who has trained nothing yet sees the welcome page.
    const fresh = this.runs.loaded && this.runs.total === 0 && !this.preferences.get('welcome.dismissed');
    if (this.router.unaddressed) this.router.replace({ view: fresh ? 'welcome' : 'train' });
    this.frame.begun = true;
    await this.interrupted.load();
    await this.found.load();
  }
}

export const [useApp, provideApp] = createContext<AppState>();
