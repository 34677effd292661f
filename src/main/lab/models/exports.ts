/**
 * Exports trained nets. Each format of each run is encoded in memory, written to a temporary folder beside
 * its destination, loaded from there by a runtime, compared with the engine on test images, and only then
 * moved to its destination. An export that does not agree is removed.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { zipSync } from 'fflate';
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { ExportCheck, ExportResult } from '../../../shared/api/calls/models.ts';
import { Problem, toProblemRecord } from '../../../shared/base/problem.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import {
  type ExportFormat,
  type ExportOptions,
  checkedImages,
  exportFiles,
  exportTolerance,
  fixedFormats,
  weightFormats,
} from '../../../shared/export/formats.ts';
import type { CheckpointFiles } from '../../checkpoints/files.ts';
import type { Probe } from '../../engine/inspect/probe.ts';
import { limitsOf } from '../../../shared/export/limits.ts';
import type { RunBook } from '../runs/runBook.ts';
import { expectedOutput, largestDifference } from './checks/check.ts';
import { type Engine, type EngineThreadOptions, withEngine } from './engineThread.ts';
import { type ModelOfRun, chosenCheckpoint, modelSource } from './source.ts';
import { requireFree, stage } from './staging.ts';

export interface ExportsOptions extends EngineThreadOptions {
  readonly book: RunBook;
  readonly files: CheckpointFiles;
  readonly openDataset: (id: string) => Promise<Dataset>;
}

type Wanted = Pick<CallRequest<'models.export'>, 'runs' | 'formats' | 'checkpoint' | 'options'>;

interface Prepared {
  readonly source: ModelOfRun;
  readonly folder: string;
}

export class LabExports {
  readonly #options: ExportsOptions;

  constructor(options: ExportsOptions) {
    this.#options = options;
  }

  /**
   * Refuses the whole request if a run has no such checkpoint or a file exists; after that the formats are
   * independent of each other.
   */
  async export({ folder, overwrite, ...wanted }: CallRequest<'models.export'>): Promise<ExportResult[]> {
    const root = resolve(folder);
    const formats = [...new Set(wanted.formats)];
    const prepared = await this.#prepare(wanted, root);
    if (!overwrite)
      for (const each of prepared)
        await requireFree(
          each.folder,
          formats.flatMap((format) => exportFiles[format]),
        );
    return withEngine(this.#options, async (engine) => {
      const results: ExportResult[] = [];
      for (const { source, folder: own } of prepared) {
        const probe = await probeOf(source, engine);
        for (const format of formats)
          results.push(
            await this.#one({
              source,
              format,
              folder: own,
              overwrite,
              probe,
              engine,
              options: wanted.options,
            }),
          );
      }
      return results;
    });
  }

  /** Packs every file that could be exported into one zip file. */
  async pack(wanted: CallRequest<'models.pack'>): Promise<CallReply<'models.pack'>> {
    const folder = await mkdtemp(join(tmpdir(), 'stride-pack-'));
    try {
      const results = await this.export({ ...wanted, folder, overwrite: false });
      const members: Record<string, Uint8Array> = {};
      const named = results.map((result) => {
        const files = result.files.map((path) => path.slice(folder.length + 1).replaceAll('\\', '/'));
        return { ...result, files };
      });
      for (const { files } of named)
        for (const path of files) members[path] = await readFile(join(folder, path));
      const [only] = wanted.runs;
      const fileName = wanted.runs.length === 1 ? `stride-run-${only}.zip` : 'stride-runs.zip';
      return { fileName, archive: zipSync(members), results: named };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Returns the layers of these runs' nets that formats cannot express. */
  limits(runs: readonly number[]): CallReply<'models.limits'> {
    return runs.flatMap((run) => {
      const { network } = this.#options.book.detail(run);
      return limitsOf(network).map((limit) => ({ run, ...limit }));
    });
  }

  async #prepare({ runs, checkpoint }: Wanted, root: string): Promise<Prepared[]> {
    const { book, files, openDataset } = this.#options;
    const numbers = [...new Set(runs)];
    const prepared: Prepared[] = [];
    for (const number of numbers) {
      const run = book.detail(number);
      const chosen = await chosenCheckpoint(files, number, checkpoint);
      const source = await modelSource(run, chosen, await openDataset(run.dataset));
      prepared.push({ source, folder: numbers.length === 1 ? root : join(root, `run-${number}`) });
    }
    return prepared;
  }

  async #one(work: Work): Promise<ExportResult> {
    const { source, format } = work;
    const run = source.run.id;
    try {
      const { files, bytes, check } = await written(work);
      const { book } = this.#options;
      const { largestDifference: difference, images, runtime } = check;
      book.log(run, {
        kind: 'exported',
        detail: { format, runtime, images, largestDifference: difference, epoch: source.model.run.epoch },
      });
      return { run, format, files, bytes, check, problem: null };
    } catch (error) {
      const differs = error instanceof Disagreement ? error : null;
      const problem = toProblemRecord(differs?.problem ?? error);
      return { run, format, files: [], bytes: 0, check: differs?.check ?? null, problem };
    }
  }
}

interface Work {
  readonly source: ModelOfRun;
  readonly format: ExportFormat;
  readonly folder: string;
  readonly overwrite: boolean;
  readonly probe: Probe;
  readonly engine: Engine;
  readonly options: ExportOptions;
}

function probeOf({ run, dataset, tensors }: ModelOfRun, engine: Engine): Promise<Probe> {
  const { network, settings } = run;
  return engine.probe({ network, settings, dataset, tensors, count: checkedImages });
}

/** Removes the options for a format of weights alone, because it adds nothing to them. */
function optionsOf(format: ExportFormat, asked: ExportOptions): ExportOptions {
  if (weightFormats.includes(format)) return { normalisation: 'outside', output: 'logits' };
  return fixedFormats.includes(format) ? { normalisation: 'inside', output: 'logits' } : asked;
}

/** An export whose outputs differ from the engine's, with the figures. */
class Disagreement extends Error {
  readonly problem: Problem;
  readonly check: ExportCheck;

  constructor(format: ExportFormat, check: ExportCheck) {
    const { runtime, largestDifference: difference, tolerance } = check;
    const problem = new Problem(
      'export.differs',
      `the ${format} export does not agree with Stride: loaded in ${runtime}, an output differs by ` +
        `${difference.toPrecision(2)}, where ${tolerance} is allowed. It was not written; please report this`,
      { format, runtime, difference: String(difference), tolerance },
    );
    super(problem.message);
    this.problem = problem;
    this.check = check;
  }
}

/** The formats' libraries take a third of a second to load, which a start should not wait for. */
async function loadFormat(format: ExportFormat) {
  const [{ encoders }, { checks }] = await Promise.all([
    import('./encoders.ts'),
    import('./checks/index.ts'),
  ]);
  return { encode: encoders[format], check: checks[format] };
}

async function written(work: Work): Promise<{ files: string[]; bytes: number; check: ExportCheck }> {
  const { source, format, folder, overwrite, probe, engine } = work;
  const { encode, check: run } = await loadFormat(format);
  const options = optionsOf(format, work.options);
  const { files } = await encode(source.model, options);
  const staged = await stage(folder, files);
  try {
    const { runtime, outputs } = await run({ folder: staged.folder, source, options, probe, engine });
    const check: ExportCheck = {
      runtime,
      images: probe.pixels.shape[0] ?? 0,
      largestDifference: largestDifference(expectedOutput(probe, options), outputs),
      tolerance: exportTolerance,
    };
    if (!(check.largestDifference <= check.tolerance)) throw new Disagreement(format, check);
    const bytes = files.reduce((sum, each) => sum + each.bytes.length, 0);
    return { files: await staged.publish(overwrite), bytes, check };
  } finally {
    await staged.discard();
  }
}
