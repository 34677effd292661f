/**
 * The Train screen's form: which nets to train, on what, and how. Each net has its own epochs, batch size and learning
 * rate; all else is shared. It begins with the course's values, and later with those of the last start.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { CallInput, LabClient } from '../../../shared/api/api.ts';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import {
  type LearningRateChange,
  type TrainingSettings,
  trainingSettingsSchema,
  normalisationFor,
} from '../../../shared/training/training.ts';
import { parseTags } from '../../../shared/runs/runOrganisation.ts';
import { parseNumber, readNumbers } from '../../ui/fields/numberField.ts';
import { readSeeds, type Seeds } from '../../ui/fields/seeds.ts';
import { type ListedPreset, NetForm, type NetOrigin, ownRule, ownTextsOf } from './netForm.svelte.ts';
import { type SweepRequest, mostWindowRuns, runsOfSweeps, sweepsOf } from './sweepForm.ts';
import type { PreferencesState } from '../preferences/preferences.svelte.ts';
import {
  type Choices,
  type Draft,
  type OwnField,
  type Section,
  courseDraft,
  draftOf,
  ownFields,
  ownRules,
  resetSection,
  sections,
  sectionValid,
  settingsOf,
} from './trainDraft.ts';
import { type LastUsed, lastUsedOf } from './trainLast.ts';

export interface Filling {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset?: string;
  readonly name?: string;
  /** Changes of the learning rate that were made in the run that is repeated. */
  readonly learningRates?: readonly LearningRateChange[];
  /** The number of the kept net that it was trained from. */
  readonly kept?: number | undefined;
  readonly tags?: readonly string[];
}

/** One run that would be started. */
export interface Planned {
  readonly net: NetForm;
  readonly settings: TrainingSettings;
}

export class TrainForm {
  nets = $state.raw<readonly NetForm[]>([]);
  /** Keys of the nets to train; initially the first preset. */
  readonly chosen = new SvelteSet<string>();
  readonly draft: Draft = $state(structuredClone(courseDraft));
  /** `0`, `0, 1, 2` or `0-4`. */
  seeds = $state('0');
  dataset = $state('mnist');
  /** Returns the known data sets. */
  datasets: () => readonly DatasetSummary[] = () => [];
  readonly chosenDataset: DatasetSummary | undefined = $derived(
    this.datasets().find(({ id }) => id === this.dataset) ?? this.datasets()[0],
  );
  readonly trainCount: number | undefined = $derived(this.chosenDataset?.trainCount);
  name = $state('');
  /** The tags as typed, separated by commas. */
  tags = $state('');
  /** True to train all runs concurrently, false to train them one after another. */
  together = $state.raw(true);
  /** Cores for each run; null shares them out. */
  threads = $state.raw<number | null>(null);
  problem = $state.raw<ProblemRecord | null>(null);
  /** True while the settings are expanded; null until it is known whether a run is in progress. */
  open = $state.raw<boolean | null>(null);
  #learningRates = $state.raw<readonly LearningRateChange[]>([]);
  #loaded = false;
  readonly #preferences: PreferencesState | undefined;

  readonly chosenNets: readonly NetForm[] = $derived(this.nets.filter((net) => this.chosen.has(net.key)));
  readonly seedsRead: Seeds = $derived(readSeeds(this.seeds));
  readonly seedList: readonly number[] | null = $derived(this.seedsRead.seeds);
  /** Null if one of them is not a valid tag, or there are too many. */
  readonly tagList: readonly string[] | null = $derived(parseTags(this.tags));
  readonly draftValid: boolean = $derived(sections.every((section) => sectionValid(this.draft, section)));
  /** True if every field that counts is valid. */
  readonly filled: boolean = $derived(
    this.chosenNets.length > 0 &&
      this.chosenNets.every((net) => net.valid && this.#fits(net) && net.problem === null) &&
      this.draftValid &&
      this.tagList !== null &&
      this.seedList !== null,
  );
  /** The sweeps that the fields with several values make; empty if no field has several. */
  readonly sweeps: readonly SweepRequest[] = $derived.by(() => {
    if (!this.filled) return [];
    const draft: Draft = $state.snapshot(this.draft);
    const nets = this.chosenNets.map(({ network, texts }) => ({ network, texts: { ...texts } }));
    const { dataset } = this;
    return sweepsOf({ draft, nets, seeds: this.seedList ?? [], dataset, name: this.name.trim() });
  });
  /** Number of runs that would be started. */
  readonly runCount: number = $derived(
    this.sweeps.length > 0
      ? runsOfSweeps(this.sweeps)
      : this.chosenNets.length * (this.seedList?.length ?? 1),
  );
  readonly mostRuns: number = $derived(this.sweeps.length > 0 ? mostWindowRuns : 64);
  readonly ready: boolean = $derived(this.filled && this.runCount <= this.mostRuns);
  /** The runs, net by net, if all is valid and nothing is swept; otherwise empty. */
  readonly planned: readonly Planned[] = $derived.by(() => {
    if (!this.ready || this.sweeps.length > 0) return [];
    const draft: Draft = $state.snapshot(this.draft);
    return this.chosenNets.flatMap((net) =>
      (this.seedList ?? []).flatMap((seed) => {
        const settings = settingsOf(draft, { ...net.texts }, seed);
        return settings ? [{ net, settings }] : [];
      }),
    );
  });

  constructor(preferences?: PreferencesState) {
    this.#preferences = preferences;
    preferences?.watch('train.last', (last) => {
      if (last) this.#last = last;
      if (last && this.#loaded && !this.#touched) this.#recall(last);
    });
  }

  #last: LastUsed | undefined;
  /** True once the form was filled from elsewhere, so that the last start's values do not overwrite it. */
  #touched = false;

  async load(lab: LabClient): Promise<void> {
    try {
      const [presets, saved] = await Promise.all([
        lab.call('presets.list', {}),
        lab.call('networks.list', {}).catch(() => []),
      ]);
      const known = new Map(this.nets.map((net) => [net.key, net]));
      const kept = (key: string, network: Network, settings: TrainingSettings) => {
        const before = known.get(key);
        const same = before && JSON.stringify(before.designed) === JSON.stringify(network);
        return same ? before : this.#netForm(key, { network, settings });
      };
      const settings = trainingSettingsSchema.parse({});
      this.nets = [
        ...presets.map((preset) => kept(`preset:${preset.network.name}`, preset.network, preset.settings)),
        ...saved.map(({ id, network }) => kept(`saved:${id}`, network, settings)),
        ...this.nets.filter(({ origin }) => origin === 'given'),
      ];
      for (const key of this.chosen) if (!this.nets.some((net) => net.key === key)) this.chosen.delete(key);
      const first = this.nets[0];
      if (!this.#loaded && this.chosen.size === 0 && first) this.chosen.add(first.key);
      this.problem = null;
      if (!this.#loaded && this.#last && !this.#touched) this.#recall(this.#last);
      this.#loaded = true;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Follows the nets that are made, changed and deleted in the Design screen. */
  follow(lab: LabClient): void {
    lab.on('networks.changed', ({ id, network }) => {
      const key = `saved:${id}`;
      const place = this.nets.findIndex((net) => net.key === key);
      if (!network) {
        this.nets = this.nets.filter((net) => net.key !== key);
        this.chosen.delete(key);
        return;
      }
      const before = this.nets[place];
      const net = this.#netForm(key, {
        network: network.network,
        settings: trainingSettingsSchema.parse({}),
      });
      if (before) Object.assign(net.texts, before.texts);
      this.nets = before
        ? this.nets.map((each) => (each.key === key ? net : each))
        : [...this.nets, net].sort((a, b) => order[a.origin] - order[b.origin]);
    });
  }

  /**
   * Selects this net alone, with the settings of the form: the entry from the Design screen. `kept` is the number of
   * the kept net that it came from.
   */
  choose(network: Network, kept?: number): void {
    const written = JSON.stringify(network);
    const known = this.nets.find((net) => JSON.stringify(net.designed) === written && net.origin !== 'given');
    const settings = trainingSettingsSchema.parse({});
    const net = known ?? this.#netForm('given', { network, settings }, kept);
    if (!known) this.nets = [...this.nets.filter(({ origin }) => origin !== 'given'), net];
    this.chosen.clear();
    this.chosen.add(net.key);
    this.open = true;
    this.#touched = true;
  }

  /** Selects this net alone, with these settings: "same again, but…". */
  fill({ network, settings, dataset, name, kept, tags = [], learningRates = [] }: Filling): void {
    this.choose(network, kept);
    Object.assign(this.draft, draftOf(settings));
    for (const net of this.chosenNets) Object.assign(net.texts, ownTextsOf(settings));
    this.seeds = String(settings.seed);
    if (dataset !== undefined) this.dataset = dataset;
    this.name = name ?? '';
    this.tags = tags.join(', ');
    this.#learningRates = learningRates;
  }

  /**
   * Selects the data set with a fitting normalisation, because the course's constants are MNIST's. A normalisation that
   * was set by hand stays.
   */
  chooseDataset(id: string): void {
    const { choices } = this.draft;
    if (choices.normalisation === normalisationFor(choices.normalisation, this.dataset))
      choices.normalisation = normalisationFor(choices.normalisation, id);
    this.dataset = id;
  }

  toggle(key: string, on: boolean): void {
    if (on) this.chosen.add(key);
    else this.chosen.delete(key);
  }

  /** Selects the optimizer and its default learning rate where the former one still had its own default. */
  setOptimizer(optimizer: Choices['optimizer']): void {
    const before = this.draft.choices.optimizer;
    this.draft.choices.optimizer = optimizer;
    for (const net of this.nets) {
      if (
        parseNumber(net.texts.learningRate, ownRules.learningRate) ===
        Number(net.course('learningRate', before))
      ) {
        net.texts.learningRate = net.course('learningRate', optimizer);
      }
    }
  }

  reset(section: Section): void {
    if (section === 'optimizer') this.setOptimizer(courseDraft.choices.optimizer);
    resetSection(this.draft, section);
  }

  ownChanged(net: NetForm, name: OwnField): boolean {
    const { values } = net.readings[name];
    return values?.length !== 1 || values[0] !== Number(net.course(name, this.draft.choices.optimizer));
  }

  resetOwn(net: NetForm, name: OwnField): void {
    net.texts[name] = net.course(name, this.draft.choices.optimizer);
  }

  /** Resets every field to the course's values. */
  resetAll(): void {
    for (const section of sections) this.reset(section);
    for (const net of this.nets) for (const name of ownFields) this.resetOwn(net, name);
    this.seeds = '0';
    this.name = '';
    this.tags = '';
    this.threads = null;
    this.together = true;
    this.#learningRates = [];
  }

  /** Returns the number of cores that each run would have. */
  threadsOf(cores: number, runs: number): number {
    if (this.threads !== null) return Math.min(this.threads, cores);
    return Math.max(1, Math.floor(cores / Math.min(cores, this.together ? Math.max(1, runs) : 1)));
  }

  /** Returns the number of concurrent runs of a sweep for which the settings leave room. */
  workersOf(cores: number): number | undefined {
    if (!this.together) return 1;
    return this.threads === null ? undefined : Math.max(1, Math.floor(cores / this.threads));
  }

  toRequest(): CallInput<'runs.start'> {
    const { planned } = this;
    const name = this.name.trim();
    const several = planned.length > 1;
    const learningRates = [...this.#learningRates];
    const tags = [...(this.tagList ?? [])];
    return {
      runs: planned.map(({ net, settings }) => ({
        network: net.network,
        settings,
        dataset: this.dataset,
        ...(name && {
          name: (several ? `${name} (${net.name}, ${settings.seed})` : name).slice(0, 120),
        }),
        ...(learningRates.length > 0 && { learningRates }),
        ...(tags.length > 0 && { tags }),
        // A net that was changed for the data set is not the kept one.
        ...(net.kept !== undefined && net.adaptedTo === null && { keptNetwork: net.kept }),
      })),
      together: this.together,
      ...(this.threads !== null && { threads: this.threads }),
    };
  }

  /** Remembers the started settings for the next time. */
  remember(): void {
    this.#touched = true;
    const last = lastUsedOf($state.snapshot(this.draft), {
      nets: this.chosenNets.map(({ key, texts }) => ({ key, texts: { ...texts } })),
      ...{ seeds: this.seeds, together: this.together, threads: this.threads, dataset: this.dataset },
    });
    this.#preferences?.set('train.last', last);
  }

  #recall({ draft, nets, seeds, together, threads, dataset }: LastUsed): void {
    // The form is filled only once: a later start in another window does not overwrite what is being typed here.
    this.#touched = true;
    Object.assign(this.draft.texts, draft.texts);
    Object.assign(this.draft.choices, draft.choices);
    const there = nets.filter(({ key }) => this.nets.some((net) => net.key === key));
    for (const { key, texts } of there) {
      const net = this.nets.find((each) => each.key === key);
      if (net) Object.assign(net.texts, texts);
    }
    if (there.length > 0) {
      this.chosen.clear();
      for (const { key } of there) this.chosen.add(key);
    }
    this.seeds = seeds;
    this.together = together;
    this.threads = threads;
    this.dataset = dataset;
  }

  #netForm(key: string, net: Pick<ListedPreset, 'network' | 'settings'>, kept?: number): NetForm {
    return new NetForm(key, net, () => this.chosenDataset, kept);
  }

  #fits(net: NetForm): boolean {
    return ownFields.every(
      (name) => readNumbers(net.texts[name], ownRule(name, this.trainCount)).values !== null,
    );
  }
}

const order: Record<NetOrigin, number> = { preset: 0, saved: 1, given: 2 };
