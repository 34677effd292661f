/** Attributes of operations, as TensorFlow's op registry has them. */
import type { Attribute, DataType } from './graph.ts';

export const type = (value: DataType): Attribute => ({ kind: 'type', value });
export const int = (value: number): Attribute => ({ kind: 'int', value });
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
export const float = (value: number): Attribute => ({ kind: 'float', value });
export const bool = (value: boolean): Attribute => ({ kind: 'bool', value });
export const string = (value: string): Attribute => ({ kind: 'string', value });
export const shapeOf = (value: readonly number[]): Attribute => ({ kind: 'shape', value });

export const nhwc = string('NHWC');
