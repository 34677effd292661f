/** What a session is given is TensorFlow's own copy: no thread of TensorFlow's ever touches memory of JavaScript. */
import { createRequire } from 'node:module';
import util from 'node:util';
import { expect, it } from 'vitest';
import { copiedByTensorFlow } from '../../src/main/engine/native/session.ts';

interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  createTensor(shape: number[], type: number, data: Float32Array | Int32Array): number;
  tensorDataSync(tensor: number): Float32Array | Int32Array;
  deleteTensor(tensor: number): void;
}

function binding(): Binding {
  Object.assign(util, { isNullOrUndefined: (value: unknown) => value == null, isArray: Array.isArray });
  const tf = createRequire(import.meta.url)('@tensorflow/tfjs-node') as { backend(): { binding: Binding } };
  return tf.backend().binding;
}

it('is copied, whatever its size and type', () => {
  const native = binding();
  for (let length = 1; length <= 4096; length += length < 70 ? 1 : 671) {
    for (const Type of [Float32Array, Int32Array]) {
      const original = new Type(length).map((_, i) => i + 1);
      const given = copiedByTensorFlow(original);
      expect(given).toEqual(original);
      const tensor = native.createTensor(
        [length],
        Type === Int32Array ? native.TF_INT32 : native.TF_FLOAT,
        given,
      );
      given.fill(-1);
      expect(native.tensorDataSync(tensor)).toEqual(original);
      native.deleteTensor(tensor);
    }
  }
});
