/** One net of the Train screen's form, with the fields that are its own: epochs, batch size and learning rate. */
import type { CallReply } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import type { DatasetSummary } from '../../../shared/datasets/dataset.ts';
import { forDataset, withInput } from '../../../shared/network/forDataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { requireTrainable, summarize, walkNetwork } from '../../../shared/network/shapes.ts';
import type { OptimizerType, TrainingSettings } from '../../../shared/training/training.ts';
import { type NumberReading, type NumberRule, readNumbers } from '../../ui/fields/numberField.ts';
import { type OwnField, type OwnTexts, defaultLearningRate, ownFields, ownRules } from './trainDraft.ts';

export type ListedPreset = CallReply<'presets.list'>[number];
export type NetOrigin = 'preset' | 'saved' | 'given';

export class NetForm {
  /** The key is `preset:course`, `saved:3`, or `given` for the net that the Design screen or a clone provided. */
  readonly key: string;
  readonly origin: NetOrigin;
  /** The net as it was designed. */
  readonly designed: Network;
  /**
   * The net as it is trained: its input is the chosen data set's, and a preset has one output a class. Another net's
   * output may be unfinished, so that it is not changed but reported as a problem.
   */
  readonly network: Network = $derived.by(() => {
    const dataset = this.#dataset();
    if (!dataset) return this.designed;
    return this.origin === 'preset' ? forDataset(this.designed, dataset) : withInput(this.designed, dataset);
  });
  /** The data set that the net was changed for; null if it fits as it was designed. */
  readonly adaptedTo: DatasetSummary | null = $derived.by(() =>
    this.network === this.designed ? null : (this.#dataset() ?? null),
  );
  /** The number of the kept net that this is, or was taken from. */
  readonly kept: number | undefined;
  /** A preset has its script's values. */
  readonly settings: TrainingSettings;
  readonly parameterCount: number = $derived(
    // A net with an error has the totals of the layers before the error.
    walkNetwork(this.network).layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
  );
  /** The reason why the net cannot be trained; null if it can. Its output is checked once a data set is known. */
  readonly problem: ProblemRecord | null = $derived.by(() => problemOf(this.network, this.#dataset()));
  /** The net's own fields, as typed. */
  readonly texts: OwnTexts;
  readonly readings: Record<OwnField, NumberReading> = $derived.by(() => {
    const entries = ownFields.map((name) => [name, readNumbers(this.texts[name], ownRules[name])]);
    return Object.fromEntries(entries) as Record<OwnField, NumberReading>;
  });
  readonly valid: boolean = $derived(ownFields.every((name) => this.readings[name].values !== null));

  readonly #dataset: () => DatasetSummary | undefined;

  /** Creates the form; `dataset` returns the chosen data set, and `kept` is as the field. */
  constructor(
    key: string,
    { network, settings }: Pick<ListedPreset, 'network' | 'settings'>,
    dataset: () => DatasetSummary | undefined,
    kept?: number,
  ) {
    this.#dataset = dataset;
    this.key = key;
    this.origin = key.startsWith('preset:') ? 'preset' : key === 'given' ? 'given' : 'saved';
    this.designed = network;
    this.kept = this.origin === 'saved' ? Number(key.slice('saved:'.length)) : kept;
    this.settings = settings;
    const texts = $state(ownTextsOf(settings));
    this.texts = texts;
  }

  get name(): string {
    return this.network.name;
  }

  get preset(): ListedPreset {
    return { network: this.network, settings: this.settings, parameterCount: this.parameterCount };
  }

  /** Returns the net's own value; the learning rate is the optimizer's default if the net's optimizer is another one. */
  course(name: OwnField, optimizer: OptimizerType): string {
    if (name === 'learningRate' && optimizer !== this.settings.optimizer.type) {
      return String(defaultLearningRate(optimizer));
    }
    return ownTextsOf(this.settings)[name];
  }
}

function problemOf(network: Network, dataset: DatasetSummary | undefined): ProblemRecord | null {
  try {
    if (dataset) requireTrainable(network, dataset.classes.length);
    else summarize(network);
    return null;
  } catch (error) {
    return toProblemRecord(error);
  }
}

export function ownTextsOf({ epochs, batchSize, optimizer }: TrainingSettings): OwnTexts {
  return {
    epochs: String(epochs),
    batchSize: String(batchSize),
    learningRate: String(optimizer.learningRate),
  };
}

/** Returns the rule of a net's own field; no batch is larger than the data set. */
export function ownRule(name: OwnField, trainCount: number | undefined): NumberRule {
  return name === 'batchSize' && trainCount !== undefined
    ? { ...ownRules.batchSize, maximum: trainCount }
    : ownRules[name];
}
