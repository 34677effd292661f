/**
 * A folder of pictures with one subfolder per class, as torchvision's ImageFolder reads it: class numbers
 * follow the folders' names by code unit. Folders named train and test above them are the two parts.
 */
import { buffer } from 'node:stream/consumers';
import { Problem } from '../../../shared/base/problem.ts';
import type { ImportOptions } from '../../../shared/datasets/importing.ts';
import type { SourceFile } from '../source/source.ts';
import type { Format, ImageForm, ImageSink, Part, ReadContext, Recognised } from './format.ts';
import { type DecodedPicture, decodePicture, mostPictureBytes } from './pictures.ts';

interface Placed {
  readonly file: SourceFile;
  readonly part: Part;
  readonly className: string;
}

const pictureName = /\.(png|jpe?g|jpe|jfif|webp|bmp|dib|gif)$/i;
const partNames: Readonly<Record<string, Part | 'validation'>> = {
  ...{ train: 'train', training: 'train', test: 'test', testing: 'test' },
  ...{ val: 'validation', valid: 'validation', validation: 'validation' },
};
/** Number of pictures that are sampled to find the most frequent size. */
const mostSampled = 400;
/** Number of pictures that are read concurrently. */
const atOnce = 4;

export const folderFormat: Format = {
  id: 'folder',
  async recognise(context) {
    const { source, options } = context;
    const pictures = source.files.filter(({ name }) => pictureName.test(name));
    if (pictures.length === 0) return null;
    const { placed, classes, stray } = place(pictures, source.emptyFolders, context);
    const form = await chooseForm(placed, context);
    const count = (part: Part) => placed.filter((each) => each.part === part).length;
    return {
      format: 'folder',
      form,
      classes,
      name: null,
      counts: { train: count('train'), test: count('test') },
      ignored: source.files.length - pictures.length + source.ignored + stray,
      read: (sink) =>
        readAll(context.preview ? spread(placed, context.preview) : placed, form, sink, context, options),
    } satisfies Recognised;
  },
};

/** Determines the part and class of each picture. */
function place(
  pictures: readonly SourceFile[],
  emptyFolders: readonly string[],
  { source, note }: ReadContext,
): { placed: Placed[]; classes: string[]; stray: number } {
  const paths = pictures.map(({ name }) => name.split('/'));
  const empty = emptyFolders.map((name) => name.split('/'));
  let depth = 0;
  // A single folder around all others is not a class if there are folders within it.
  const together = () => {
    const first = paths[0]?.[depth];
    return paths.every((path) => path.length > depth + 2 && path[depth] === first) && !isPartName(first);
  };
  while (together()) depth += 1;
  const firsts = new Set(
    paths.filter((path) => path.length > depth + 1).map((path) => path[depth] as string),
  );
  const divided = firsts.size > 0 && [...firsts].every(isPartName);
  const named = [...firsts].map((name) => partNames[name.toLowerCase()]);
  const hasTest = named.includes('test');
  const at = depth + (divided ? 1 : 0);
  const placed = paths.flatMap((path, i): Placed[] => {
    if (path.length < at + 2) return [];
    const part = divided ? partNames[(path[depth] as string).toLowerCase()] : 'train';
    return [
      {
        file: pictures[i] as SourceFile,
        part: part === 'validation' ? (hasTest ? 'train' : 'test') : (part ?? 'train'),
        className: (path[at] as string).normalize('NFC'),
      },
    ];
  });
  const emptyClasses = empty.flatMap((path) =>
    path.length === at + 1 ? [(path[at] as string).normalize('NFC')] : [],
  );
  const classes = [...new Set([...placed.map(({ className }) => className), ...emptyClasses])].sort();
  if (new Set(placed.map(({ className }) => className)).size < 2)
    throw noClasses(source.path, pictures.length);
  if (divided && hasTest && named.includes('validation'))
    note(new Problem('dataset.note-validation', 'the validation pictures were added to the training set'));
  noteNames(classes, note);
  return { placed, classes, stray: pictures.length - placed.length };
}

const isPartName = (name: string | undefined) => name !== undefined && name.toLowerCase() in partNames;

function noteNames(classes: readonly string[], note: ReadContext['note']): void {
  const folded = new Map<string, string>();
  for (const name of classes) {
    const other = folded.get(name.toLowerCase());
    if (other !== undefined)
      note(
        new Problem('dataset.note-case', `the classes "${other}" and "${name}" differ in capitals only`, {
          a: other,
          b: name,
        }),
      );
    folded.set(name.toLowerCase(), name);
  }
  const numbers = classes.map(Number);
  if (
    numbers.every(Number.isInteger) &&
    numbers.some((number, i) => i > 0 && number < (numbers[i - 1] as number))
  ) {
    note(
      new Problem(
        'dataset.note-text-order',
        'the class folders are numbers and are in the order of texts (1, 10, 2), as torchvision has them',
      ),
    );
  }
}

function noClasses(path: string, count: number): Problem {
  return new Problem(
    'dataset.no-class-folders',
    `${path} has ${count} pictures, but not in at least two sub-folders, one a class; the folder's name is the class`,
    { path, count },
  );
}

/** Returns size and channels of the set: the requested ones, otherwise the most frequent ones of a sample. */
async function chooseForm(placed: readonly Placed[], context: ReadContext): Promise<ImageForm> {
  const { options, signal } = context;
  const step = Math.max(1, Math.floor(placed.length / mostSampled));
  const sizes = new Map<string, number>();
  let grey = true;
  for (let i = 0; i < placed.length && (options.size === undefined || options.colour === 'auto'); i += step) {
    signal.throwIfAborted();
    const picture = await look((placed[i] as Placed).file, options);
    if (!picture) continue;
    const key = `${picture.width} ${picture.height}`;
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
    grey &&= picture.isGrey;
  }
  const [most] = [...sizes].sort(([, a], [, b]) => b - a);
  const [width = 0, height = 0] = (most?.[0] ?? '').split(' ').map(Number);
  const size = options.size ?? { width: width || 1, height: height || 1 };
  const channels = options.colour === 'grey' || (options.colour === 'auto' && grey) ? 1 : 3;
  return { height: size.height, width: size.width, channels };
}

/** Returns null for a picture that cannot be read, which is reported when it is imported. */
async function look(file: SourceFile, options: ImportOptions): Promise<DecodedPicture | null> {
  try {
    return await decodePicture(await bytesOf(file), file.name, null, options);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

async function bytesOf(file: SourceFile): Promise<Uint8Array> {
  if (file.size > mostPictureBytes) {
    throw new Problem(
      'dataset.picture-bytes',
      `${file.name} has ${Math.round(file.size / 2 ** 20)} MiB; a picture may have ${mostPictureBytes / 2 ** 20}`,
      { origin: file.name, size: Math.round(file.size / 2 ** 20), most: mostPictureBytes / 2 ** 20 },
    );
  }
  try {
    return await buffer(await file.open());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem('dataset.unreadable', `${file.name} cannot be read (${reason})`, {
      path: file.name,
      reason,
    });
  }
}

/** Returns `count` of them, evenly spaced from the first to the last. */
function spread(placed: readonly Placed[], count: number): Placed[] {
  const step = Math.max(1, Math.floor(placed.length / count));
  return placed.filter((_, i) => i % step === 0);
}

async function readAll(
  placed: readonly Placed[],
  form: ImageForm,
  sink: ImageSink,
  { signal, note }: ReadContext,
  options: ImportOptions,
): Promise<void> {
  const read = async ({ file }: Placed) => decodePicture(await bytesOf(file), file.name, form, options);
  const results: Promise<Awaited<ReturnType<typeof read>> | Problem>[] = [];
  const begin = (each: Placed) => {
    const result = read(each).catch((error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    });
    // Its rejection is handled when it is awaited.
    result.catch(() => undefined);
    results.push(result);
  };
  let [transparent, greyed] = [0, 0];
  placed.slice(0, atOnce).forEach(begin);
  for (const [i, { file, part, className }] of placed.entries()) {
    signal.throwIfAborted();
    const picture = (await results.shift()) as Awaited<(typeof results)[number]>;
    const next = placed[i + atOnce];
    if (next) begin(next);
    if (picture instanceof Problem) {
      if (options.damaged === 'refuse') throw picture;
      sink.skip(picture);
      continue;
    }
    sink.size(picture.width, picture.height);
    transparent += Number(picture.isTransparent);
    greyed += Number(form.channels === 1 && !picture.isGrey);
    await sink.add(part, picture.pixels, className, file.name);
  }
  if (transparent > 0)
    note(
      new Problem(
        'dataset.note-transparent',
        `${transparent} pictures were laid on ${options.background}, for they are transparent`,
        {
          count: transparent,
          background: options.background,
        },
      ),
    );
  if (greyed > 0)
    note(new Problem('dataset.note-greyed', `${greyed} pictures lost their colours`, { count: greyed }));
}
