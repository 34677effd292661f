/**
 * A run's parameters after each of its epochs, kept while it trains and read when the user goes back in time.
 * Epoch 0, before training, is not kept because the seed determines the initial parameters, unless the
 * weights were imported.
 */
import type { CallReply } from '../../../shared/api/api.ts';
import { usualMegabytes } from '../../../shared/inspect/epochStates.ts';
import type { Inspected } from '../../../shared/inspect/inspection.ts';
import { Problem } from '../../../shared/base/problem.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import { type Checkpoint, type NamedTensor, parameterKey } from '../../../shared/runs/checkpoint.ts';
import type { EpochStates } from '../../checkpoints/epochStates.ts';
import { initialParameters, parametersOf } from '../../engine/compile/parameters.ts';
import { Generator } from '../../engine/random/generator.ts';
import type { RunBook } from './runBook.ts';

/** Key of the preference for the number of megabytes that a run's states may take. */
const megabytesKey = 'inspect.epochMegabytes';

/** As many nets as are looked into side by side. */
const mostInitials = 2;

export interface PastState {
  readonly of: Inspected;
  readonly tensors: readonly NamedTensor[];
}

export class PastStates {
  readonly #book: RunBook;
  readonly #files: EpochStates;
  /** The initial parameters that were drawn last, by run. */
  readonly #initials = new Map<number, PastState>();

  constructor(book: RunBook, files: EpochStates) {
    this.#book = book;
    this.#files = files;
  }

  get #megabytes(): number {
    const set = this.#book.history.preferences.all()[megabytesKey];
    return typeof set === 'number' ? set : usualMegabytes;
  }

  keep(run: number, epoch: number, checkpoint: Checkpoint, best: number | null): Promise<void> {
    return this.#files.keep(run, epoch, checkpoint, { megabytes: this.#megabytes, best });
  }

  async list(run: number): Promise<CallReply<'inspect.epochs'>> {
    const { epochsDone } = this.#book.summary(run);
    const kept = (await this.#files.list(run)).filter((epoch) => epoch <= epochsDone);
    return {
      epochs: this.#beganFromSeed(run) ? [0, ...kept] : kept,
      bytes: await this.#files.bytes(run),
      megabytes: this.#megabytes,
    };
  }

  /** Throws a `Problem` if this epoch's state was not kept. */
  async read(run: number, epoch: number): Promise<PastState> {
    if (epoch === 0 && this.#beganFromSeed(run)) return this.#initial(run);
    const saved = epoch > 0 ? await this.#files.read(run, epoch) : null;
    if (!saved) {
      throw new Problem(
        'inspect.no-epoch',
        `run ${run} has no state kept of epoch ${epoch}; its slider shows the epochs that are kept`,
        { run, epoch },
      );
    }
    const { step, epoch: underWay, batch } = saved.checkpoint.progress;
    return { of: { checkpoint: 'epoch', step, epoch: underWay, batch }, tensors: saved.checkpoint.tensors };
  }

  #beganFromSeed(run: number): boolean {
    return !this.#book.history.runEvents.list(run).some(({ kind }) => kind === 'imported');
  }

  #initial(run: number): PastState {
    const known = this.#initials.get(run);
    if (known) return known;
    const { network, settings } = this.#book.detail(run);
    const parameters = parametersOf(summarize(network));
    const drawn = initialParameters(parameters, new Generator(settings.seed), settings.initialisation);
    const initial: PastState = {
      of: { checkpoint: 'epoch', step: 0, epoch: 1, batch: 0 },
      tensors: drawn.map((tensor) => ({ ...tensor, name: parameterKey(tensor.name) })),
    };
    const [oldest] = this.#initials.keys();
    if (oldest !== undefined && this.#initials.size >= mostInitials) this.#initials.delete(oldest);
    this.#initials.set(run, initial);
    return initial;
  }
}
