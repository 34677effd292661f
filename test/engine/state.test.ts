/**
 * What is written into a session is the session's own. tfjs-node hands TensorFlow a typed array's own memory where that
 * happens to be aligned, with a reference that only JavaScript's thread may drop. A variable that kept the memory would
 * drop it at its next update, on a thread of TensorFlow's, and now and then the heap would be damaged by that.
 */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import './support.ts';
import { type CompiledNetwork, compile } from '../../src/main/engine/compile/compile.ts';
import { Session } from '../../src/main/engine/native/session.ts';
import { readState, writeState } from '../../src/main/engine/compile/state.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

const network = parseNetwork({
  name: 'small',
  input: { height: 3, width: 3, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 1, kernelSize: 2 },
    { type: 'batchNorm2d' },
    { type: 'flatten' },
    { type: 'linear', units: 2 },
  ],
});
const settings = trainingSettingsSchema.parse({ optimizer: { type: 'adam' } });

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let compiled: CompiledNetwork;
let session: Session;
beforeAll(async () => {
  compiled = compile({ network, settings, dataset: null, shards: 1, constants: null });
  session = await Session.load(compiled.graph);
});
afterAll(() => session.close());

function tensorsAt(offset: number) {
  return compiled.state.map(({ name, shape }, k) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const data = new Float32Array(new ArrayBuffer(offset + 4 * length), offset);
    data.forEach((_, i) => (data[i] = 0.1 + 0.05 * ((i + k) % 7)));
    return { name, shape, data };
  });
}

// A buffer starts at a multiple of 16: one of these views is aligned, whichever that is.
it.each([0, 16, 32, 48])('keeps no array that was written, %i bytes into its buffer', async (offset) => {
  const written = (() => {
    const tensors = tensorsAt(offset);
    writeState(session, compiled, tensors);
    return tensors.map(({ name, data }) => ({ name, array: new WeakRef(data) }));
  })();
  // A WeakRef holds what it refers to until the task that made it is over.
  await setImmediate();
  collectGarbage();
  const held = written.filter(({ array }) => array.deref()).map(({ name }) => name);
  expect(held).toEqual([]);
  const wanted = new Map(tensorsAt(0).map(({ name, data }) => [name, data]));
  for (const { name, data } of readState(session)) expect(data, name).toEqual(wanted.get(name));
});
