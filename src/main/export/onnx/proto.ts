/** ONNX's published protobuf schema as generated code (npm onnx-proto), which only this file imports. */
import proto, { type onnx } from 'onnx-proto';

export const { ModelProto, TensorProto, AttributeProto } = (proto as unknown as { onnx: typeof onnx }).onnx;
export type Node = onnx.INodeProto;
export type OnnxAttribute = onnx.IAttributeProto;
export type TensorMessage = onnx.ITensorProto;
export type ValueInfo = onnx.IValueInfoProto;
