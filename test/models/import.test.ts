/**
 * Weights brought in: files of PyTorch's in all their forms, read as data. The pickles here are written by a writer of the
 * test's own, so that they may hold what the program's never does.
 */
import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../src/main/datasets/index.ts';
import { encodeOnnx } from '../../src/main/export/onnx/index.ts';
import { readOnnx } from '../../src/main/export/onnx/read.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { type PickledValue, pickle } from '../../src/main/export/pytorch/pickle.ts';
import { readModelFile } from '../../src/main/export/read/model.ts';
import type { Lab } from '../../src/main/lab/lab.ts';
import { canonicalNetwork } from '../../src/shared/code/canonical.ts';
import { widened } from '../../src/shared/models/elements.ts';
import { presets } from '../../src/shared/network/presets.ts';
import type { Network } from '../../src/shared/network/network.ts';
import { openLab, removeFolder, temporaryFolder } from '../support/lab.ts';
import { drawnModel, drawnTensors, everyActivation, everyLayer } from './support.ts';

const net: Network = {
  name: 'small',
  input: { height: 4, width: 4, channels: 1 },
  layers: [{ type: 'conv2d', filters: 2, kernelSize: 3 }, { type: 'flatten' }, { type: 'linear', units: 2 }],
};
const read = (bytes: Uint8Array, key?: string) => readModelFile(bytes, 'net.pt', { network: net, key });

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storage: Float32Array;
  readonly type?: string;
}

const tensor = (
  { shape, strides, offset = 0, storage, type = 'FloatStorage' }: Entry,
  key: number,
): PickledValue => ({
  call: ['torch._utils', '_rebuild_tensor_v2'],
  args: [
    { persistent: { tuple: ['storage', { global: ['torch', type] }, `${key}`, 'cpu', storage.length] } },
    offset,
    { tuple: shape },
    { tuple: strides ?? shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1)) },
    false,
    { call: ['collections', 'OrderedDict'], args: [], items: [] },
  ],
});
const dict = (items: readonly (readonly [string, PickledValue])[]): PickledValue => ({
  call: ['collections', 'OrderedDict'],
  args: [],
  items,
});

const entries: Entry[] = drawnTensors(net).map(({ name, shape, data }, i) => ({
  name: ['conv1.weight', 'conv1.bias', 'fc1.weight', 'fc1.bias'][i] ?? name,
  shape,
  storage: data,
}));
const stateOf = (all: readonly Entry[]) => dict(all.map((entry, key) => [entry.name, tensor(entry, key)]));

function archive(
  value: PickledValue,
  all: readonly Entry[] = entries,
  more: Record<string, Uint8Array> = {},
): Uint8Array {
  const data = Object.fromEntries(
    all.map(({ storage }, key) => [
      `net/data/${key}`,
      new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength),
    ]),
  );
  return zipSync(
    { 'net/data.pkl': pickle(value), ...data, 'net/version': new TextEncoder().encode('3\n'), ...more },
    { level: 0 },
  );
}

const wanted = drawnTensors(net).map(({ data }) => [...data]);
const numbers = (bytes: Uint8Array, key?: string) => read(bytes, key).tensors.map(({ data }) => [...data]);

describe('a state_dict of PyTorch’s', () => {
  test('as it is, under a key, and with an optimizer beside it', () => {
    expect(numbers(archive(stateOf(entries)))).toEqual(wanted);
    const checkpoint = dict([
      ['epoch', 3],
      ['state_dict', stateOf(entries)],
      ['optimizer', dict([['momentum', stateOf(entries)]])],
    ]);
    const { tensors, notes } = read(archive(checkpoint));
    expect(tensors.map(({ data }) => [...data])).toEqual(wanted);
    expect(notes.map(({ message }) => message).join()).toContain('"state_dict"');
  });

  test('several sets that fit are for the user to choose from', () => {
    const two = archive(
      dict([
        ['ema', stateOf(entries)],
        ['swa', stateOf(entries)],
      ]),
    );
    expect(() => read(two)).toThrow(expect.objectContaining({ code: 'import.several' }) as Error);
    expect(numbers(two, 'ema')).toEqual(wanted);
    expect(() => read(two, 'none')).toThrow(expect.objectContaining({ code: 'import.no-key' }) as Error);
  });

  test.each(['module.', 'model.', 'module._orig_mod.'])(
    'the prefix %s of all names is taken off',
    (prefix) => {
      const prefixed = entries.map((entry) => ({ ...entry, name: `${prefix}${entry.name}` }));
      expect(numbers(archive(stateOf(prefixed)))).toEqual(wanted);
    },
  );

  test('an nn.Sequential’s names, and an author’s own by their order', () => {
    const named = (names: readonly string[]) =>
      entries.map((entry, i) => ({ ...entry, name: names[i] ?? '' }));
    expect(numbers(archive(stateOf(named(['0.weight', '0.bias', '2.weight', '2.bias']))))).toEqual(wanted);
    const own = read(archive(stateOf(named(['eye.weight', 'eye.bias', 'head.weight', 'head.bias']))));
    expect(own.tensors.map(({ data }) => [...data])).toEqual(wanted);
    expect(own.notes.map(({ message }) => message).join()).toContain('order');
  });

  test('views: an offset, strides of channels last, a transposed matrix', () => {
    const [conv, bias, fc, last] = entries as [Entry, Entry, Entry, Entry];
    const [rows = 0, columns = 0] = fc.shape;
    const transposed = new Float32Array(fc.storage.length);
    for (let r = 0; r < rows; r += 1)
      for (let c = 0; c < columns; c += 1) transposed[c * rows + r] = fc.storage[r * columns + c] as number;
    const shifted = new Float32Array(bias.storage.length + 5);
    shifted.set(bias.storage, 5);
    const views = [
      conv,
      { ...bias, storage: shifted, offset: 5 },
      { ...fc, storage: transposed, strides: [1, rows] },
      last,
    ];
    expect(numbers(archive(stateOf(views), views))).toEqual(wanted);
    const beyond = [{ ...conv, offset: 1 }, bias, fc, last];
    expect(() => read(archive(stateOf(beyond), beyond))).toThrow(
      expect.objectContaining({ code: 'import.tensor' }) as Error,
    );
  });

  test('a number of NumPy’s beside the weights is ignored', () => {
    const scalar: PickledValue = {
      call: ['numpy.core.multiarray', 'scalar'],
      args: [{ call: ['numpy', 'dtype'], args: ['f8'] }, 'x'],
    };
    expect(
      numbers(
        archive(
          dict([
            ['best', scalar],
            ['model', stateOf(entries)],
          ]),
        ),
      ),
    ).toEqual(wanted);
  });
});

describe('what is refused, each by its own words', () => {
  const evil = (module: string, name: string) =>
    archive(dict([['a', { call: [module, name], args: ['touch /tmp/stride-ran'] }]]));
  test.each([
    ['os.system', evil('os', 'system'), 'pickle.refused', 'os.system'],
    ['posix.system', evil('posix', 'system'), 'pickle.refused', 'posix.system'],
    ['builtins.eval', evil('builtins', 'eval'), 'pickle.refused', 'builtins.eval'],
    ['torch.load', evil('torch', 'load'), 'pickle.refused', 'torch.load'],
    ['a whole model', evil('__main__', 'Net'), 'import.whole-model', '__main__.Net'],
    [
      'TorchScript',
      archive(stateOf(entries), entries, { 'net/constants.pkl': Uint8Array.of(0) }),
      'import.torchscript',
      'TorchScript',
    ],
    ['another zip', zipSync({ 'a.txt': Uint8Array.of(1) }), 'import.no-pickle', 'data.pkl'],
    [
      'two archives',
      Buffer.concat([archive(stateOf(entries)), archive(stateOf(entries))]),
      'import.several-archives',
      'more than one',
    ],
    ['a cut one', archive(stateOf(entries)).subarray(0, 400), 'import.damaged', 'cut short'],
    ['a web page', new TextEncoder().encode('<!DOCTYPE html><html>'), 'import.web-page', 'web page'],
    [
      'a pointer',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid'),
      'import.lfs',
      'git lfs pull',
    ],
    ['nothing', new Uint8Array(), 'import.empty', 'empty'],
    ['text', new TextEncoder().encode('hello, this is no file of weights'), 'import.unknown', '.safetensors'],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10, 0x1a, 10, 0), 'import.keras-weights', 'Keras'],
    ['no tensors', archive(dict([['a', 1]])), 'import.no-tensors', 'state_dict'],
    [
      'a weight of another shape',
      archive(stateOf(entries.map((each, i) => (i === 3 ? { ...each, shape: [1] } : each)))),
      'import.misfit',
      '"fc1.bias" is 1, the net has 2',
    ],
    [
      'another net’s',
      archive(stateOf(entries.slice(0, 2))),
      'import.misfit',
      '"fc1.weight" (2×8) is missing',
    ],
  ] as const)('%s', (_, bytes, code, words) => {
    let caught: unknown;
    try {
      read(bytes);
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code, message: expect.stringContaining(words) as string });
  });
});

test('smaller and larger floats are widened to the bit', () => {
  const half = Uint16Array.of(0x3c00, 0x8000, 0x0001, 0x7c00, 0xc000, 0x03ff);
  expect([...widened(new Uint8Array(half.buffer), 'F16')]).toEqual([
    1,
    -0,
    2 ** -24,
    Infinity,
    -2,
    1023 * 2 ** -24,
  ]);
  const brain = Uint16Array.of(0x3f80, 0xff80, 0x0001);
  expect([...widened(new Uint8Array(brain.buffer), 'BF16')]).toEqual([1, -Infinity, 2 ** -133]);
  expect(widened(new Uint8Array(Uint16Array.of(0x7e00).buffer), 'F16')[0]).toBeNaN();
  expect([...widened(new Uint8Array(Float64Array.of(0.1).buffer), 'F64')]).toEqual([Math.fround(0.1)]);
});

describe('an ONNX file', () => {
  test.each([...presets.map(({ network }) => network), everyLayer, everyActivation])(
    'gives back $name',
    (network) => {
      const model = drawnModel(network);
      const [file] = encodeOnnx(model, { normalisation: 'inside', output: 'probabilities' }).files;
      const found = readOnnx(file!.bytes, 'net.onnx');
      expect(canonicalNetwork(found.network).layers).toEqual(canonicalNetwork(network).layers);
      expect(found.normalisation).toBe('course');
      const data = ({ name, data: values }: { name: string; data: Float32Array }) => [name, [...values]];
      expect(found.tensors.map(data)).toEqual(drawnTensors(network).map(data));
      expect(found.notes.map(({ message }) => message).join()).toContain('Softmax');
    },
  );
});

describe('in the lab', () => {
  const home = temporaryFolder();
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab(home, { openDataset }, new URL('../../src/main/engine/worker.ts', import.meta.url));
  });
  afterAll(async () => {
    await lab.close();
    removeFolder(home);
  });

  test.each([
    ['course', 9677],
    ['homework', 9400],
  ])('the state_dict of the %s script scores what the script printed', async (name, correct) => {
    const bytes = readFileSync(new URL(`../vectors/models/${name}-seed0-epoch1.pt`, import.meta.url));
    const { network } = presets.find((each) => each.network.name === name)!;
    const { run } = await lab.call('models.import', { file: { name: `${name}.pt`, bytes }, network });
    expect(run).toMatchObject({ status: 'stopped', tags: ['imported'], step: 0 });
    const score = await lab.call('models.evaluate', { run: run.id });
    expect(Math.abs(score.testCorrect - correct)).toBeLessThanOrEqual(3);
    expect(score.testTotal).toBe(10_000);
  });

  test('nothing is left of what does not fit', async () => {
    const { total } = await lab.call('runs.list', {});
    const { bytes } = encodePyTorch(drawnModel(everyLayer)).files[1]!;
    const { network } = presets[0]!;
    await expect(
      lab.call('models.import', { file: { name: 'net.pt', bytes }, network }),
    ).rejects.toMatchObject({ code: 'import.misfit' });
    await expect(
      lab.call('models.import', { file: { name: 'net.pt', bytes }, network: null }),
    ).rejects.toMatchObject({ code: 'import.no-network' });
    expect((await lab.call('runs.list', {})).total).toBe(total);
  });
});
