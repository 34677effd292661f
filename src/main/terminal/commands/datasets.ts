/** `stride datasets`: imports, lists, shows, renames and deletes data sets. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LabClient } from '../../../shared/api/api.ts';
import { toProblemRecord } from '../../../shared/base/problem.ts';
import {
  type DatasetEntry,
  type ImportOptions,
  type ImportProgress,
  fits,
  largestImageSide,
} from '../../../shared/datasets/importing.ts';
import { exitCodes } from '../../host/exitCodes.ts';
import { inLanguage, say } from '../../host/language.ts';
import { count, dateTime, labelled, table } from '../reports/format.ts';
import { type Io, note, print, printJson } from '../io.ts';
import { LiveLine } from '../reports/liveLine.ts';
import * as numbers from '../reports/numbers.ts';

interface Surroundings {
  readonly io: Io;
  readonly withLab: (work: (lab: LabClient) => Promise<unknown>) => Promise<void>;
  /** Runs work and sets its exit code; Ctrl-C aborts the signal. */
  readonly untilStopped: (work: (lab: LabClient, stop: AbortSignal) => Promise<number>) => Promise<void>;
}

interface ImportCommand {
  readonly name?: string;
  readonly testFraction?: number;
  readonly seed?: number;
  readonly size?: NonNullable<ImportOptions['size']>;
  readonly fit: ImportOptions['fit'];
  readonly colour: ImportOptions['colour'];
  readonly background: ImportOptions['background'];
  readonly invert?: true;
  readonly transpose: ImportOptions['transpose'];
  readonly labels: ImportOptions['labels'];
  readonly channels: ImportOptions['channels'];
  readonly skipDamaged?: true;
  readonly json?: true;
}

interface JsonOption {
  readonly json?: true;
}

export function addDatasetCommands(program: Command, surroundings: Surroundings): void {
  const datasets = program
    .command('datasets')
    .description('import and manage data sets of images to train on');
  addImport(datasets, surroundings);
  const { io, withLab } = surroundings;
  datasets
    .command('list')
    .description('list the data sets')
    .addOption(new Option('--json', 'print the list as JSON'))
    .action((options: JsonOption) => withLab((lab) => list(io, lab, options)));
  datasets
    .command('show')
    .description('show one data set: sizes, classes, where it came from, what was noticed')
    .argument('<dataset>', "the data set's id or name")
    .addOption(new Option('--json', 'print everything as one JSON object'))
    .action((dataset: string, options: JsonOption) => withLab((lab) => show(io, lab, dataset, options)));
  datasets
    .command('rename')
    .description('rename a data set; its id stays the same')
    .argument('<dataset>', "the data set's id or name")
    .argument('<name>', 'the new name')
    .addOption(new Option('--json', 'print the result as JSON'))
    .action((dataset: string, name: string, { json }: JsonOption) =>
      withLab(async (lab) => {
        const { summary } = await find(lab, dataset);
        await lab.call('datasets.rename', { dataset: summary.id, name });
        if (json) printJson(io, { type: 'renamed', id: summary.id, name });
        else note(io, say('{id} is called "{name}" now.', { id: summary.id, name }));
      }),
    );
  datasets
    .command('delete')
    .description('delete a data set that was imported')
    .argument('<dataset>', "the data set's id or name")
    .option('--even-if-used', 'delete it even if runs were trained on it; these cannot be resumed any more')
    .addOption(new Option('--json', 'print the result as JSON'))
    .action((dataset: string, { evenIfUsed, json }: JsonOption & { evenIfUsed?: true }) =>
      withLab(async (lab) => {
        const { summary } = await find(lab, dataset);
        await lab.call('datasets.delete', { dataset: summary.id, evenIfUsed: evenIfUsed ?? false });
        if (json) printJson(io, { type: 'deleted', id: summary.id });
        else note(io, say('{id} is deleted.', { id: summary.id }));
      }),
    );
}

function addImport(datasets: Command, { io, untilStopped }: Surroundings): void {
  datasets
    .command('import')
    .description(
      'import images with labels: IDX, CIFAR, a folder of pictures with a sub-folder for each class, CSV, NPZ, Parquet',
    )
    .argument('<path>', 'a file, a folder, or a zip or tar archive')
    .option('--name <text>', "the data set's name; taken from the files if it is not given")
    .option(
      '--test-fraction <share>',
      'share of each class that becomes the test set, if the source has none',
      parseShare,
    )
    .option('--seed <number>', 'seed that selects the images of that test set', numbers.parseSeed)
    .option(
      '--size <width>x<height>',
      'size of the pictures; the most common size if it is not given',
      parseSize,
    )
    .addOption(
      new Option('--fit <how>', 'how pictures with other proportions are fitted')
        .choices([...fits])
        .default('pad'),
    )
    .addOption(
      new Option('--colour <which>', 'colours of the images')
        .choices(['auto', 'grey', 'rgb'])
        .default('auto'),
    )
    .addOption(
      new Option('--background <which>', 'background of transparent and of padded pictures')
        .choices(['white', 'black'])
        .default('white'),
    )
    .option('--invert', "invert the images: MNIST's are bright on black")
    .addOption(
      new Option('--transpose <when>', 'exchange rows and columns, as EMNIST needs')
        .choices(['auto', 'yes', 'no'])
        .default('auto'),
    )
    .addOption(
      new Option('--labels <which>', "which of CIFAR-100's labels to use")
        .choices(['fine', 'coarse'])
        .default('fine'),
    )
    .addOption(
      new Option('--channels <where>', 'axis of the channels in NumPy arrays')
        .choices(['auto', 'first', 'last'])
        .default('auto'),
    )
    .option('--skip-damaged', 'leave out pictures that cannot be read, and count them')
    .addOption(new Option('--json', 'print one JSON object a line: progress, imported'))
    .addHelpText('after', `\n${say('Ctrl-C cancels; nothing of the set is kept then.')}`)
    .action((path: string, options: ImportCommand) =>
      untilStopped((lab, stop) => importSet(io, lab, path, options, stop)),
    );
}

async function importSet(
  io: Io,
  lab: LabClient,
  path: string,
  { json, skipDamaged, invert, ...options }: ImportCommand,
  stop: AbortSignal,
): Promise<number> {
  const ticket = randomUUID();
  const line = new LiveLine(io.stderr);
  const silence = lab.on('datasets.progress', ({ ticket: of, ...progress }) => {
    if (of !== ticket) return;
    if (json) printJson(io, { type: 'progress', ...progress });
    else line.update(progressText(progress));
  });
  const cancel = () => void lab.call('datasets.cancelImport', { ticket });
  stop.addEventListener('abort', cancel);
  try {
    const { entry, alreadyThere } = await lab.call('datasets.import', {
      ticket,
      from: { path: resolve(path) },
      options: { ...options, invert: invert ?? false, damaged: skipDamaged ? 'skip' : 'refuse' },
    });
    line.end();
    if (json) printJson(io, { type: 'imported', alreadyThere, ...entry });
    else sayImported(io, entry, alreadyThere);
    return exitCodes.ok;
  } catch (error) {
    line.end();
    if (!stop.aborted) throw error;
    note(io, inLanguage(toProblemRecord(error)));
    return exitCodes.interrupted;
  } finally {
    stop.removeEventListener('abort', cancel);
    silence();
  }
}

const phases: Readonly<Record<ImportProgress['phase'], string>> = {
  looking: 'checking the files',
  unpacking: 'unpacking',
  reading: 'reading images',
  writing: 'writing images',
  checking: 'checking',
};

function progressText({ phase, done, total }: ImportProgress): string {
  const what = say(phases[phase]);
  if (phase === 'unpacking') return `${what} (${(done / 2 ** 20).toFixed(0)} MiB)`;
  return total === null ? what : `${what}: ${count(done)} / ${count(total)}`;
}

function sayImported(io: Io, entry: DatasetEntry, alreadyThere: boolean): void {
  const { id, name, trainCount, testCount, classes } = entry.summary;
  if (alreadyThere) {
    print(io, say('These images have been imported already, as "{name}" ({id}).', { name, id }));
    return;
  }
  const counts = { name, train: count(trainCount), test: count(testCount), classes: classes.length };
  print(io, say('"{name}": {train} training and {test} test images of {classes} classes.', counts));
  for (const finding of findings(entry)) print(io, `- ${finding}`);
  print(io, say('Train on it: {command}', { command: `${io.invocation} train course --dataset ${id}` }));
}

/** Returns the findings of the import, one sentence each. */
function findings({ imported }: DatasetEntry): string[] {
  if (!imported) return [];
  const { duplicates, contradictory, constant, ignored, skipped, notes, sizes } = imported.report;
  const some: readonly (readonly [number, string])[] = [
    [duplicates.train, '{count} training images are identical to another training image'],
    [duplicates.test, '{count} test images are identical to another test image'],
    [duplicates.across, '{count} test images are also in the training set'],
    [contradictory, '{count} images are identical to an image with another label'],
    [constant.train + constant.test, '{count} images are of a single colour'],
    [ignored, '{count} files are not data and were left out'],
    [skipped.count, '{count} pictures could not be read and were left out'],
    [sizes.length > 1 ? sizes.length : 0, 'the pictures had {count} different sizes and were resized to one'],
  ];
  return [
    ...notes.map((each) => inLanguage(each)),
    ...some.filter(([number]) => number > 0).map(([number, text]) => say(text, { count: count(number) })),
    ...skipped.first.map((each) => inLanguage(each)),
  ];
}

const columns = [
  { title: 'id', align: 'left', cell: ({ summary }: DatasetEntry) => summary.id },
  { title: 'name', align: 'left', cell: ({ summary }: DatasetEntry) => summary.name },
  {
    title: 'images',
    cell: ({ summary: { trainCount, testCount } }: DatasetEntry) =>
      `${count(trainCount)} + ${count(testCount)}`,
  },
  {
    title: 'size',
    cell: ({ summary: { width, height, channels } }: DatasetEntry) => `${width}×${height}×${channels}`,
  },
  { title: 'classes', cell: ({ summary }: DatasetEntry) => String(summary.classes.length) },
  {
    title: 'imported',
    align: 'left',
    cell: ({ imported }: DatasetEntry) => (imported ? dateTime(imported.importedAt) : '–'),
  },
] as const;

async function list(io: Io, lab: LabClient, { json }: JsonOption): Promise<void> {
  const entries = await lab.call('datasets.entries', {});
  if (json) {
    printJson(io, entries);
    return;
  }
  print(io, table(columns, entries));
  for (const { problem } of entries) if (problem) note(io, inLanguage(problem));
}

async function show(io: Io, lab: LabClient, wanted: string, { json }: JsonOption): Promise<void> {
  const entry = await find(lab, wanted);
  const { summary, imported, problem } = entry;
  const runs = await lab.call('datasets.uses', { dataset: summary.id });
  if (json) {
    printJson(io, { ...entry, runs });
    return;
  }
  const { width, height, channels, classes, mean, deviation } = summary;
  const numbersOf = (values: readonly number[]) => values.map((value) => value.toFixed(4)).join(', ');
  print(
    io,
    labelled([
      ['id', summary.id],
      ['name', summary.name],
      ['images', `${count(summary.trainCount)} + ${count(summary.testCount)}`],
      ['size', `${width}×${height}×${channels}`],
      ['classes', classes.join(', ')],
      ['mean', numbersOf(mean)],
      ['deviation', numbersOf(deviation)],
      ['SHA-256', summary.hash],
      ...(imported
        ? ([
            ['source', imported.source],
            ['imported', dateTime(imported.importedAt)],
          ] as const)
        : []),
      ['runs', runs.length === 0 ? '–' : runs.map(({ id }) => id).join(', ')],
    ]),
  );
  for (const finding of findings(entry)) print(io, `- ${finding}`);
  if (problem) note(io, inLanguage(problem));
}

/** Finds a data set by id or name; the lab refuses an unknown one. */
async function find(lab: LabClient, wanted: string): Promise<DatasetEntry> {
  const entries = await lab.call('datasets.entries', {});
  const found =
    entries.find(({ summary }) => summary.id === wanted) ??
    entries.find(({ summary }) => summary.name.toLowerCase() === wanted.toLowerCase());
  if (found) return found;
  await lab.call('datasets.uses', { dataset: wanted });
  throw new Error(`the data set ${wanted} came while it was looked for`);
}

function parseShare(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value >= 0.01 && value <= 0.9) return value;
  throw new InvalidArgumentError('Give a number from 0.01 to 0.9.');
}

function parseSize(text: string): { width: number; height: number } {
  const [, width = 0, height = 0] = (/^(\d{1,4})[x×](\d{1,4})$/i.exec(text) ?? []).map(Number);
  if ([width, height].every((side) => side >= 1 && side <= largestImageSide)) return { width, height };
  throw new InvalidArgumentError(
    `Give width and height in pixels, as in 28x28; at most ${largestImageSide} each.`,
  );
}
