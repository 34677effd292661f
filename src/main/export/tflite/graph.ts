/**
 * A LiteRT graph under construction. Computed values have the batch as an additional first axis; constants do
 * not.
 */
import type { OperatorName, OperatorRecord, Options, TensorRecord } from './schema.ts';

export interface TfliteValue {
  readonly tensor: number;
  /** Shape without the batch: height × width × channels, or features. */
  readonly shape: readonly number[];
}

export class TfliteGraph {
  readonly tensors: TensorRecord[] = [];
  readonly operators: OperatorRecord[] = [];

  value(name: string, shape: readonly number[]): TfliteValue {
    return { tensor: this.tensors.push({ name, shape, constant: null }) - 1, shape };
  }

  floats(name: string, shape: readonly number[], data: Float32Array): number {
    return this.tensors.push({ name, shape, constant: data }) - 1;
  }

  integers(name: string, shape: readonly number[], data: readonly number[]): number {
    return this.tensors.push({ name, shape, constant: Int32Array.from(data) }) - 1;
  }

  /** Adds an operator whose output has the same name; the inputs are indices of tensors. */
  node(
    operator: OperatorName,
    name: string,
    inputs: readonly number[],
    shape: readonly number[],
    options: Options | null = null,
  ): TfliteValue {
    const output = this.value(name, shape);
    this.operators.push({ operator, inputs, output: output.tensor, options });
    return output;
  }
}
