/** A LiteRT graph under construction: values that are computed have a batch before their shape, constants have none. */
import type { OperatorName, OperatorRecord, Options, TensorRecord } from './schema.ts';

export interface TfliteValue {
  readonly tensor: number;
  /** Without the batch: height × width × channels, or features. */
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

  /** Adds an operator whose output is called as it is; the inputs are tensors' numbers. */
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
