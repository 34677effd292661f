/** Folders of pictures: classes by folder, and what is done to pictures of every kind. */
import { join } from 'node:path';
import { encode as encodeBmp } from 'bmp-ts';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodePicture } from '../../src/main/datasets/formats/pictures.ts';
import { writeFiles } from '../support/datasetFiles.ts';
import { codesOf, imported, left } from '../support/importing.ts';
import { removeFolder, temporaryFolder } from '../support/lab.ts';

let sets: string;
let source: string;
beforeEach(() => {
  [sets, source] = [temporaryFolder(), temporaryFolder()];
});
afterEach(() => {
  removeFolder(sets);
  removeFolder(source);
});

const grey = (values: readonly number[], width: number) =>
  sharp(Buffer.from(values), { raw: { width, height: values.length / width, channels: 1 } });
const letter = [255, 0, 255, 0, 255, 200];
const png = (values: readonly number[] = letter, width = 2) => grey(values, width).png().toBuffer();
/** Two classes with two pictures each, one in each part; the first of `a` is the picture that matters. */
const around = async (name: string, picture: Uint8Array, size?: { width: number; height: number }) => {
  const { width, height } = size ?? { width: 2, height: 3 };
  const other = (value: number) => png(new Array<number>(width * height).fill(value), width);
  writeFiles(source, {
    [`train/a/${name}`]: picture,
    ...{ 'train/b/1.png': await other(9), 'test/a/1.png': await other(8), 'test/b/1.png': await other(7) },
  });
  return imported(sets, source, size ? { size } : {});
};

describe('classes', () => {
  test('by folder, in the order of their names; what systems leave behind is no data; an empty class stays', async () => {
    const picture = await png();
    writeFiles(source, {
      ...{
        'train/b/1.png': picture,
        'train/a/x/2.png': await png([1, 2, 3, 4, 5, 6]),
        'train/c/1.png': picture,
      },
      ...{ 'test/a/1.png': picture, 'test/c/1.png': picture, 'test/b/notes.txt': 'none' },
      ...{
        'train/a/.DS_Store': 'x',
        'train/a/._1.png': 'x',
        '__MACOSX/train/a/1.png': 'x',
        'THUMBS.DB': 'x',
      },
    });
    const set = await imported(sets, source);
    expect(set.record.summary.classes).toEqual(['a', 'b', 'c']);
    expect(set.record.report.classCounts).toEqual({ train: [1, 1, 1], test: [1, 0, 1] });
    expect(codesOf(set)).toContain('dataset.note-no-test-images');
    expect(set.record.report.ignored).toBe(5);
  });

  test('numbered folders are in the order of texts, and this is said; capitals only are said too', async () => {
    const files: Record<string, Uint8Array> = {};
    for (const name of ['1', '10', '2', 'Cat', 'cat'])
      for (const i of [0, 1]) files[`deep/er/${name}/${i}.png`] = await png([i, 1, 2, 3, 4, name.length]);
    const set = await imported(sets, writeFiles(source, files));
    expect(set.record.summary.classes).toEqual(['1', '10', '2', 'Cat', 'cat']);
    expect(codesOf(set)).toContain('dataset.note-case');
  });

  test('a zip with umlauts in the coding of old Windows, backslashes, and __MACOSX', async () => {
    const picture = await png();
    const members: Record<string, Uint8Array> = {
      ...{ 'top/Grun/1.png': picture, 'top/Grun/2.png': await png([9, 9, 9, 9, 9, 1]) },
      ...{
        'top/rot\\1.png': picture,
        'top/rot\\2.png': await png([1, 9, 9, 9, 9, 1]),
        '__MACOSX/top/Grun/._1.png': picture,
      },
    };
    const zip = Buffer.from(zipSync(members));
    // "ü" is 0x81 in code page 437.
    for (let at = zip.indexOf('Grun'); at >= 0; at = zip.indexOf('Grun', at + 1)) zip[at + 2] = 0x81;
    const set = await imported(sets, join(writeFiles(source, { 'own.zip': zip }), 'own.zip'));
    expect(set.record.summary.classes).toEqual(['Grün', 'rot']);
    expect(set.record.report.ignored).toBe(1);
  });
});

describe('pictures', () => {
  test.each([
    ['PNG', () => png()],
    [
      'PNG, interlaced, with a palette',
      () => grey(letter, 2).png({ palette: true, progressive: true }).toBuffer(),
    ],
    ['WebP', () => grey(letter, 2).webp({ lossless: true }).toBuffer()],
    ['GIF', () => grey(letter, 2).gif().toBuffer()],
    ['PNG of 16 bits', () => grey(letter, 2).toColourspace('grey16').png().toBuffer()],
    [
      'BMP',
      async () => {
        const data = Buffer.from(letter.flatMap((value) => [255, value, value, value]));
        return Uint8Array.from(encodeBmp({ data, width: 2, height: 3, bitPP: 24 }).data);
      },
    ],
  ])('%s, whatever its file is called', async (_, make) => {
    const set = await around('wrong-ending.png', await make());
    expect([...set.train[0]!]).toEqual(letter);
    expect(set.record.summary.channels).toBe(1);
  });

  test('JPEG, in all eight orientations, and with one that there is not', async () => {
    const upright = [0, 0, 255, 255, 0, 0].flatMap((value) => new Array<number>(8).fill(value));
    // 16×24 pixels: blocks of 8, so that JPEG keeps them apart.
    const rows = Array.from({ length: 24 }, (_, y) =>
      [0, 1].flatMap((x) =>
        upright.slice((Math.floor(y / 8) * 2 + x) * 8, (Math.floor(y / 8) * 2 + x) * 8 + 8),
      ),
    ).flat();
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const turned = await sharp(await grey(rows, 16).png().toBuffer())
        .jpeg({ quality: 100 })
        .withMetadata({ orientation })
        .toBuffer();
      const set = await around(
        `${orientation}.jpg`,
        turned,
        orientation > 4 ? { width: 24, height: 16 } : { width: 16, height: 24 },
      );
      const expected = await sharp(turned).autoOrient().toColourspace('b-w').raw().toBuffer();
      expect(Buffer.compare(Buffer.from(set.train[0]!), expected), `orientation ${orientation}`).toBe(0);
      removeFolder(source);
    }
  });

  test('PNG, interlaced or not, grey or with a palette, of every size from 1×1 to 9×9', async () => {
    for (const palette of [false, true]) {
      for (let side = 1; side <= 9; side += 1) {
        const values = Array.from({ length: side * side }, (_, i) => (i * 53 + 7) % 256);
        const of = (progressive: boolean) => grey(values, side).png({ progressive, palette }).toBuffer();
        const [plain, interlaced] = await Promise.all([of(false), of(true)]);
        // Byte 28 of a PNG says that it is interlaced.
        expect([plain[28], interlaced[28]]).toEqual([0, 1]);
        for (const bytes of [plain, interlaced]) {
          const { pixels } = await decodePicture(bytes, 'a.png', null, { fit: 'pad', background: 'white' });
          expect([...pixels].filter((_, i) => pixels.length === values.length || i % 3 === 0)).toEqual(
            values,
          );
        }
      }
    }
  });

  test('JPEG of CMYK colours, with the inverted inks that Adobe writes, is not a negative', async () => {
    const raw = { width: 16, height: 16, channels: 3 } as const;
    for (const colour of [
      [220, 30, 30],
      [250, 250, 250],
      [20, 20, 20],
    ]) {
      const rgb = Buffer.from(new Array(256).fill(colour).flat() as number[]);
      const cmyk = await sharp(rgb, { raw }).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
      expect(cmyk.includes('Adobe')).toBe(true);
      const { pixels } = await decodePicture(cmyk, 'a.jpg', null, { fit: 'pad', background: 'white' });
      const [red = 0, green = 0, blue = 0] = pixels;
      const found = pixels.length === 256 ? [red, red, red] : [red, green, blue];
      found.forEach((value, i) => expect(Math.abs(value - (colour[i] as number))).toBeLessThan(45));
    }
  });

  test('digits that are dark on white are said to be so, unless they are inverted', async () => {
    const written = [255, 255, 255, 255, 0, 255, 255, 255, 255];
    writeFiles(source, {
      'train/a/1.png': await png(written, 3),
      ...{ 'train/b/1.png': await png(written, 3), 'test/a/1.png': await png(written, 3) },
    });
    expect(codesOf(await imported(sets, source))).toContain('dataset.note-light-ground');
    const inverted = await imported(sets, source, { invert: true });
    expect(codesOf(inverted)).not.toContain('dataset.note-light-ground');
    expect([...inverted.train[0]!]).toEqual([0, 0, 0, 0, 255, 0, 0, 0, 0]);
  });

  test('transparency is laid on white, which is said, or on black', async () => {
    const raw = Buffer.from(letter.flatMap((_, i) => [0, 0, 0, i < 2 ? 255 : 0]));
    const picture = await sharp(raw, { raw: { width: 2, height: 3, channels: 4 } })
      .png()
      .toBuffer();
    const set = await around('1.png', picture);
    expect([...set.train[0]!]).toEqual([0, 0, 255, 255, 255, 255]);
    expect(codesOf(set)).toContain('dataset.note-transparent');
    const black = await imported(join(sets, 'b'), source, { background: 'black', invert: true });
    expect([...black.train[0]!]).toEqual([255, 255, 255, 255, 255, 255]);
  });

  test('an alpha channel in which every pixel is opaque is not called transparent', async () => {
    for (const channels of [2, 4] as const) {
      const raw = Buffer.from(letter.flatMap((value) => [...Array<number>(channels - 1).fill(value), 255]));
      const picture = await sharp(raw, { raw: { width: 2, height: 3, channels } })
        .png()
        .toBuffer();
      expect(codesOf(await around('1.png', picture))).not.toContain('dataset.note-transparent');
    }
  });

  test('colour stays where one picture has it, and goes where grey is wanted', async () => {
    const raw = Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 0, 0, 0, 1, 2, 3]);
    const picture = await sharp(raw, { raw: { width: 2, height: 3, channels: 3 } })
      .png()
      .toBuffer();
    const colour = await around('1.png', picture);
    expect([...colour.train[0]!]).toEqual([...raw]);
    const plain = await imported(join(sets, 'grey'), source, { colour: 'grey' });
    // Pillow's convert('L') of these.
    expect([...plain.train[0]!]).toEqual([76, 150, 29, 9, 0, 2]);
    expect(codesOf(plain)).toContain('dataset.note-greyed');
  });

  test.each([
    ['pad', [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255]],
    ['crop', new Array<number>(16).fill(0)],
    ['stretch', new Array<number>(16).fill(0)],
  ] as const)('other shapes: %s', async (fit, expected) => {
    const picture = await png(new Array<number>(32).fill(0), 8);
    const other = (value: number) => png(new Array<number>(16).fill(value), 4);
    writeFiles(source, {
      'train/a/1.png': picture,
      'train/a/2.png': await other(1),
      'train/b/1.png': await other(2),
      'train/b/2.png': await other(3),
    });
    const set = await imported(sets, source, { fit, testFraction: 0.5 });
    expect([...set.train, ...set.test].map((image) => image.join())).toContain(expected.join());
    expect(set.record.report.sizes).toEqual([
      { width: 4, height: 4, count: 3 },
      { width: 8, height: 4, count: 1 },
    ]);
  });

  test('those that cannot be read end the import, or are left out and named', async () => {
    const cut = (
      await grey(
        new Array<number>(4096).fill(0).map((_, i) => (i * 37) % 256),
        64,
      )
        .png()
        .toBuffer()
    ).subarray(0, 900);
    writeFiles(source, {
      'a/1.png': await png(),
      'a/2.png': await png([0, 1, 2, 3, 4, 5]),
      'b/1.png': await png([1, 1, 2, 3, 4, 5]),
      'b/2.png': await png([5, 1, 2, 3, 4, 5]),
      'b/cut.png': cut,
    });
    await expect(imported(sets, source)).rejects.toMatchObject({
      code: 'dataset.picture-damaged',
      parameters: { origin: 'b/cut.png' },
    });
    expect(left(sets)).toEqual([]);
    // Of a file that ends within its header, sharp's first line announces others, which are left out.
    writeFiles(source, { 'a/0.png': (await png()).subarray(0, 60) });
    await expect(imported(sets, source)).rejects.toThrow(/a\/0\.png is damaged: .*\w$/);
    writeFiles(source, { 'a/0.png': await png([9, 1, 2, 3, 4, 5]) });
    const set = await imported(sets, source, { damaged: 'skip' });
    expect(set.record.report.skipped).toMatchObject({
      count: 1,
      first: [{ parameters: { origin: 'b/cut.png' } }],
    });
  });
});
