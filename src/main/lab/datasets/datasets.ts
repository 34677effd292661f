/** Imports data sets into the lab and deletes them. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { ImportProgress } from '../../../shared/datasets/importing.ts';
import { type Imported, publishSet } from '../../datasets/import/publish.ts';
import { removeLeftBehind, withStaging } from '../../datasets/import/staging.ts';
import { storageProblem } from '../../datasets/storage.ts';
import { datasetStatistics } from '../../datasets/statistics.ts';
import { Uploads } from '../../datasets/uploads.ts';
import type { DatasetLibrary } from '../../datasets/library.ts';
import type { History } from '../../history/open.ts';
import type { Events } from '../base/events.ts';
import { settled } from '../base/waiting.ts';
import { inImportThread } from './importWorker.ts';

export interface LabDatasetsOptions {
  readonly library: DatasetLibrary;
  readonly history: History;
  readonly events: Events;
  /** Path of the built `datasets/import/importThread.ts`. */
  readonly importerPath: string | URL;
}

interface UnderWay {
  readonly cancel: AbortController;
  readonly work: Promise<unknown>;
}

export class LabDatasets {
  readonly #options: LabDatasetsOptions;
  readonly #underWay = new Map<string, UnderWay>();
  readonly #uploads: Uploads;
  /** Removes what killed processes left behind; nobody waits for it but `close`. */
  readonly #removal: Promise<void>;
  /** Statistics of all images by the data set's hash, computed once. */
  readonly #statistics = new Map<string, Promise<CallReply<'datasets.statistics'>>>();

  constructor(options: LabDatasetsOptions) {
    this.#options = options;
    const { library, history } = options;
    this.#uploads = new Uploads(library.folder, history.owner);
    this.#removal = history.lookOnly
      ? Promise.resolve()
      : settled(removeLeftBehind(library.folder, (owner) => history.ownerLives(owner)));
  }

  entries(): Promise<CallReply<'datasets.entries'>> {
    return this.#options.library.entries();
  }

  async uses(id: string): Promise<CallReply<'datasets.uses'>> {
    return (await this.#uses(id)).map(({ id: run, name }) => ({ id: run, name }));
  }

  async import(request: CallRequest<'datasets.import'>): Promise<CallReply<'datasets.import'>> {
    const { record, alreadyThere } = await this.#begin(request.ticket, (signal) =>
      this.#import(request, signal),
    );
    if (!alreadyThere) this.#options.events.emit('datasets.changed', {});
    const entry = (await this.entries()).find(({ summary }) => summary.hash === record.summary.hash);
    if (!entry) throw new Error(`the data set ${record.summary.id} was removed while it was imported`);
    return { entry, alreadyThere };
  }

  preview({
    ticket,
    from,
    options,
  }: CallRequest<'datasets.preview'>): Promise<CallReply<'datasets.preview'>> {
    const place = this.#placeOf(from);
    return this.#begin(ticket, (signal) =>
      calledAs(
        place,
        this.#staged((staging) =>
          inImportThread('preview', { staging, path: place.path, options }, this.#thread(ticket, signal)),
        ),
      ),
    );
  }

  upload({ ticket, name, piece }: CallRequest<'datasets.upload'>): Promise<void> {
    return this.#uploads.append(ticket, name, piece);
  }

  forgetUpload(ticket: string): Promise<void> {
    return this.#uploads.forget(ticket);
  }

  async statistics(id: string): Promise<CallReply<'datasets.statistics'>> {
    const dataset = await this.#options.library.open(id);
    const { hash } = dataset.summary;
    let reading = this.#statistics.get(hash);
    if (!reading) {
      reading = datasetStatistics(dataset);
      this.#statistics.set(hash, reading);
      reading.catch(() => this.#statistics.delete(hash));
    }
    return reading;
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

  /** Cancels all imports; resolves when their temporary files have been removed. */
  async close(): Promise<void> {
    for (const { cancel } of this.#underWay.values()) cancel.abort();
    await Promise.all([...this.#underWay.values()].map(({ work }) => settled(work)));
    await this.#uploads.close();
    await this.#removal;
  }

  /** Runs work that can be cancelled by its ticket. */
  async #begin<T>(ticket: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#underWay.has(ticket)) throw new Error(`something is under way as ${ticket} already`);
    const cancel = new AbortController();
    const promise = work(cancel.signal);
    this.#underWay.set(ticket, { cancel, work: promise });
    try {
      return await promise;
    } catch (error) {
      throw cancel.signal.aborted ? cancelled() : error;
    } finally {
      this.#underWay.delete(ticket);
    }
  }

  async #import(
    { ticket, from, options }: CallRequest<'datasets.import'>,
    signal: AbortSignal,
  ): Promise<Imported> {
    const { library } = this.#options;
    const room = await library.room(options.name !== undefined);
    const place = this.#placeOf(from);
    return calledAs(
      place,
      this.#staged(async (staging) => {
        const order = { staging, ...place, options };
        const prepared = await inImportThread('import', order, this.#thread(ticket, signal));
        return publishSet(library.folder, staging, prepared, room);
      }),
    );
  }

  async #staged<T>(work: (staging: string) => Promise<T>): Promise<T> {
    const { library, history } = this.#options;
    try {
      return await withStaging(library.folder, history.owner, work);
    } catch (error) {
      throw storageProblem(error, library.folder);
    }
  }

  #thread(ticket: string, signal: AbortSignal) {
    const { importerPath: path, events } = this.#options;
    const progress = (now: ImportProgress) => events.emit('datasets.progress', { ticket, ...now });
    return { path, signal, progress };
  }

  /** Returns the path to read from, and the name that the user knows it by if the files were uploaded. */
  #placeOf(from: CallRequest<'datasets.import'>['from']): { path: string; called?: string } {
    if ('path' in from) return { path: from.path };
    return { path: this.#uploads.pathOf(from.uploaded), called: this.#uploads.nameOf(from.uploaded) };
  }

  async #uses(id: string) {
    const { library, history } = this.#options;
    return history.datasetUses.ofHash(await library.hashOf(id));
  }
}

/**
 * Runs work and reports its problems with the name that the user knows rather than the path of the uploaded
 * files.
 */
async function calledAs<T>(
  { path, called }: { path: string; called?: string },
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (called === undefined || !(error instanceof Problem)) throw error;
    const named = Object.entries(error.parameters).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.replaceAll(path, called) : value,
    ]);
    throw new Problem(error.code, error.message.replaceAll(path, called), Object.fromEntries(named));
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
