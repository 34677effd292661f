/** Data sets brought into the lab and taken out of it. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { ImportProgress } from '../../../shared/datasets/importing.ts';
import { type Imported, importDataset } from '../../datasets/import/importDataset.ts';
import type { DatasetLibrary } from '../../datasets/library.ts';
import type { History } from '../../history/open.ts';
import type { Events } from '../base/events.ts';
import { settled } from '../base/waiting.ts';

export interface LabDatasetsOptions {
  readonly library: DatasetLibrary;
  readonly history: History;
  readonly events: Events;
}

interface UnderWay {
  readonly cancel: AbortController;
  readonly work: Promise<unknown>;
}

/** Milliseconds between two words of an import's progress. */
const progressInterval = 100;

export class LabDatasets {
  readonly #options: LabDatasetsOptions;
  readonly #underWay = new Map<string, UnderWay>();

  constructor(options: LabDatasetsOptions) {
    this.#options = options;
  }

  entries(): Promise<CallReply<'datasets.entries'>> {
    return this.#options.library.entries();
  }

  async uses(id: string): Promise<CallReply<'datasets.uses'>> {
    return (await this.#uses(id)).map(({ id: run, name }) => ({ id: run, name }));
  }

  async import({
    ticket,
    path,
    options,
  }: CallRequest<'datasets.import'>): Promise<CallReply<'datasets.import'>> {
    if (this.#underWay.has(ticket)) throw new Error(`an import is called ${ticket} already`);
    const cancel = new AbortController();
    const work = this.#import({ ticket, path, options }, cancel.signal);
    this.#underWay.set(ticket, { cancel, work });
    try {
      const { record, alreadyThere } = await work;
      if (!alreadyThere) this.#options.events.emit('datasets.changed', {});
      const entry = (await this.entries()).find(({ summary }) => summary.hash === record.summary.hash);
      if (!entry) throw new Error(`the data set ${record.summary.id} was removed while it was imported`);
      return { entry, alreadyThere };
    } catch (error) {
      throw cancel.signal.aborted ? cancelled() : error;
    } finally {
      this.#underWay.delete(ticket);
    }
  }

  cancel(ticket: string): void {
    this.#underWay.get(ticket)?.cancel.abort();
  }

  async rename({ dataset, name }: CallRequest<'datasets.rename'>): Promise<void> {
    await this.#options.library.rename(dataset, name);
    this.#options.events.emit('datasets.changed', {});
  }

  async delete({ dataset, evenIfUsed }: CallRequest<'datasets.delete'>): Promise<void> {
    const uses = await this.#uses(dataset);
    const atWork = uses.filter(({ status }) => status === 'running' || status === 'queued');
    if (atWork.length > 0) throw inUse('dataset.at-work', dataset, atWork);
    if (uses.length > 0 && !evenIfUsed) throw inUse('dataset.in-use', dataset, uses);
    await this.#options.library.remove(dataset);
    this.#options.events.emit('datasets.changed', {});
  }

  /** Ends all imports; gives when they have left nothing. */
  async close(): Promise<void> {
    for (const { cancel } of this.#underWay.values()) cancel.abort();
    await Promise.all([...this.#underWay.values()].map(({ work }) => settled(work)));
  }

  async #import(
    { ticket, path, options }: CallRequest<'datasets.import'>,
    signal: AbortSignal,
  ): Promise<Imported> {
    const { library, events } = this.#options;
    const room = await library.room(options.name !== undefined);
    let [said, phase] = [0, ''];
    const progress = (now: ImportProgress) => {
      if (now.phase === phase && performance.now() - said < progressInterval) return;
      [said, phase] = [performance.now(), now.phase];
      events.emit('datasets.progress', { ticket, ...now });
    };
    return importDataset({ folder: library.folder, path, options, signal, progress, ...room });
  }

  async #uses(id: string) {
    const { library, history } = this.#options;
    return history.datasetUses.ofHash(await library.hashOf(id));
  }
}

function cancelled(): Problem {
  return new Problem('dataset.cancelled', 'the import was cancelled; nothing of it was kept');
}

const mostNamed = 10;

function inUse(
  code: 'dataset.at-work' | 'dataset.in-use',
  dataset: string,
  uses: readonly { id: number }[],
): Problem {
  const named = uses.slice(0, mostNamed).map(({ id }) => id);
  const runs = named.join(', ') + (uses.length > mostNamed ? ', …' : '');
  return code === 'dataset.at-work'
    ? new Problem(code, `the data set "${dataset}" is being trained on (runs ${runs}); stop them first`, {
        dataset,
        runs,
      })
    : new Problem(
        code,
        `${uses.length} runs were trained on "${dataset}" (${runs}); without it they cannot be resumed, evaluated or looked into`,
        { dataset, runs, count: uses.length },
      );
}
