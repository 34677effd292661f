/** What the Train screen is filled in with: which of the course's nets to train, each with settings of its own. */
import { SvelteSet } from 'svelte/reactivity';
import type { CallInput, CallReply, LabClient } from '../../shared/api.ts';
import type { Network } from '../../shared/network.ts';
import { summarize } from '../../shared/shapes.ts';
import { type TrainingSettings, trainingSettingsSchema } from '../../shared/training.ts';
import { type ProblemRecord, toProblemRecord } from '../../shared/problem.ts';
import { type NumberRule, parseNumber } from './numberField.ts';

export type Preset = CallReply<'presets.list'>[number];

/** The limits are those of `trainingSettingsSchema`; trainForm.test.ts holds them together. */
export const settingRules = {
  epochs: { whole: true, minimum: 1, maximum: 10_000 },
  batchSize: { whole: true, minimum: 1, maximum: 8192 },
  learningRate: { whole: false, minimum: 0, maximum: 100, aboveMinimum: true },
  momentum: { whole: false, minimum: 0, maximum: 1, belowMaximum: true },
  seed: { whole: true, minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
} as const satisfies Record<string, NumberRule>;
export type SettingName = keyof typeof settingRules;
export const settingNames = Object.keys(settingRules) as SettingName[];

export class NetForm {
  readonly preset: Preset;
  /** As typed. */
  readonly texts: Record<SettingName, string>;
  readonly values: Record<SettingName, number | null> = $derived.by(() => {
    const entries = settingNames.map((name) => [name, parseNumber(this.texts[name], settingRules[name])]);
    return Object.fromEntries(entries) as Record<SettingName, number | null>;
  });
  readonly valid: boolean = $derived(settingNames.every((name) => this.values[name] !== null));
  /** True where something differs from the course's values. */
  readonly changed: boolean = $derived.by(() => {
    const given = textsOf(this.preset);
    return settingNames.some((name) => this.texts[name] !== given[name]);
  });

  constructor(preset: Preset) {
    this.preset = preset;
    const texts = $state(textsOf(preset));
    this.texts = texts;
  }

  get name(): string {
    return this.preset.network.name;
  }

  reset(): void {
    Object.assign(this.texts, textsOf(this.preset));
  }

  toRequest(): CallInput<'runs.start'>['runs'][number] {
    const { epochs, batchSize, learningRate, momentum, seed } = this.values as Record<SettingName, number>;
    const { network, settings } = this.preset;
    const optimizer = {
      ...settings.optimizer,
      learningRate,
      ...('momentum' in settings.optimizer && { momentum }),
    };
    return { network, settings: { ...settings, epochs, batchSize, seed, optimizer } };
  }
}

function textsOf({ settings }: Preset): Record<SettingName, string> {
  const { epochs, batchSize, seed, optimizer } = settings;
  const momentum = 'momentum' in optimizer ? optimizer.momentum : 0;
  return {
    epochs: String(epochs),
    batchSize: String(batchSize),
    learningRate: String(optimizer.learningRate),
    momentum: String(momentum),
    seed: String(seed),
  };
}

export interface Filling {
  readonly network: Network;
  readonly settings: TrainingSettings;
  readonly dataset?: string;
  readonly name?: string;
}

export class TrainForm {
  nets = $state.raw<readonly NetForm[]>([]);
  /** Names of the nets to train; the first preset to begin with. */
  readonly chosen = new SvelteSet<string>();
  /** All at once, or one after another. */
  together = $state.raw(true);
  problem = $state.raw<ProblemRecord | null>(null);

  readonly chosenNets: readonly NetForm[] = $derived(this.nets.filter((net) => this.chosen.has(net.name)));
  readonly ready: boolean = $derived(this.chosenNets.length > 0 && this.chosenNets.every((net) => net.valid));

  async load(lab: LabClient): Promise<void> {
    if (this.nets.length > 0) return;
    try {
      this.nets = (await lab.call('presets.list', {})).map((preset) => new NetForm(preset));
      const first = this.nets[0];
      if (first) this.chosen.add(first.name);
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
    }
  }

  /** Trains this net and no other, with the settings that are filled in: the Design screen's way in. */
  choose(network: Network): void {
    this.fill({ network, settings: trainingSettingsSchema.parse({}) });
  }

  /** Trains this net and no other, with these settings: "same again, but…". */
  fill({ network, settings }: Filling): void {
    const net = new NetForm({ network, settings, parameterCount: summarize(network).parameterCount });
    this.nets = [...this.nets.filter(({ name }) => name !== network.name), net];
    this.chosen.clear();
    this.chosen.add(network.name);
  }

  toggle(name: string, on: boolean): void {
    if (on) this.chosen.add(name);
    else this.chosen.delete(name);
  }

  toRequest(): CallInput<'runs.start'> {
    return { runs: this.chosenNets.map((net) => net.toRequest()), together: this.together };
  }
}
