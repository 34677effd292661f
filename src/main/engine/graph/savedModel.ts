/**
 * A graph as a SavedModel: the folder with one `saved_model.pb` that TensorFlow loads. The messages are the
 * generated ones of tfjs-node; only this file and `session.ts` import that package.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import {
  type Attribute,
  type Constant,
  type DataType,
  type Graph,
  type GraphFunction,
  type GraphNode,
  type Side,
  type Signature,
  type Tensor,
  slotsOf,
} from './graph.ts';
import { outputName } from './opTable.ts';

/** The methods used of google-protobuf's generated classes. */
interface Message {
  [method: string]: (...values: unknown[]) => never;
}
type MessageClass = new () => Message;
interface Messages {
  readonly AttrValue: MessageClass & { readonly ListValue: MessageClass };
  readonly FunctionDef: MessageClass;
  readonly FunctionDefLibrary: MessageClass;
  readonly GraphDef: MessageClass;
  readonly MetaGraphDef: MessageClass & { readonly MetaInfoDef: MessageClass };
  readonly NameAttrList: MessageClass;
  readonly NodeDef: MessageClass;
  readonly OpDef: MessageClass & { readonly ArgDef: MessageClass };
  readonly SavedModel: MessageClass;
  readonly SignatureDef: MessageClass;
  readonly Tensor: MessageClass;
  readonly TensorInfo: MessageClass;
  readonly TensorShape: MessageClass & { readonly Dim: MessageClass };
  readonly VersionDef: MessageClass;
}

// It is not named `require` because electron-vite adds a variable of that name to a chunk in which another
// module needs it.
const requireHere = createRequire(import.meta.url);
const messages = requireHere('@tensorflow/tfjs-node/dist/proto/api_pb') as Messages;

/** Numbers of `tensorflow/core/framework/types.proto`. */
const dataTypes: Record<DataType, number> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  resource: 20,
};

/** The tag under which `loadSavedModel` finds the one graph. */
export const servingTag = 'serve';

/** A GraphDef version that every TensorFlow since 2.4 reads (`tensorflow/core/public/version.h`). */
const producer = 561;

function set(message: Message, values: Record<string, unknown>): Message {
  for (const [method, value] of Object.entries(values)) {
    const setter = message[method];
    if (!setter) throw new Error(`tfjs-node's protobuf messages have no ${method}`);
    setter.call(message, value);
  }
  return message;
}

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'utf8'));

function shapeMessage(shape: readonly number[]): Message {
  const dims = shape.map((size) => set(new messages.TensorShape.Dim(), { setSize: size }));
  return set(new messages.TensorShape(), { setDimList: dims });
}

function constantMessage({ dtype, shape, values }: Constant): Message {
  const message = set(new messages.Tensor(), {
    setDtype: dataTypes[dtype],
    setTensorShape: shapeMessage(shape),
  });
  switch (dtype) {
    case 'float32':
      return set(message, { setTensorContent: new Uint8Array(Float32Array.from(values).buffer) });
    case 'int32':
      return set(message, { setTensorContent: new Uint8Array(Int32Array.from(values).buffer) });
    case 'int64':
      return set(message, {
        setTensorContent: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
      });
  }
}

function attributeMessage(attribute: Attribute): Message {
  const message = new messages.AttrValue();
  switch (attribute.kind) {
    case 'type':
      return set(message, { setType: dataTypes[attribute.value] });
    case 'types':
      return set(message, {
        setList: set(new messages.AttrValue.ListValue(), {
          setTypeList: attribute.value.map((each) => dataTypes[each]),
        }),
      });
    case 'function':
      return set(message, { setFunc: set(new messages.NameAttrList(), { setName: attribute.value }) });
    case 'int':
      return set(message, { setI: attribute.value });
    case 'ints':
      return set(message, {
        setList: set(new messages.AttrValue.ListValue(), { setIList: [...attribute.value] }),
      });
    case 'float':
      return set(message, { setF: attribute.value });
    case 'bool':
      return set(message, { setB: attribute.value });
    case 'string':
      return set(message, { setS: bytes(attribute.value) });
    case 'shape':
      return set(message, { setShape: shapeMessage(attribute.value) });
    case 'tensor':
      return set(message, { setTensor: constantMessage(attribute.value) });
  }
}

function mapEntries(message: Message, getter: string, entries: Record<string, Message>): void {
  const map = message[getter]?.call(message) as unknown as { set(key: string, value: Message): void };
  for (const [key, value] of Object.entries(entries)) map.set(key, value);
}

function nodeMessage(
  { name, op, inputs, control, attributes }: GraphNode,
  reference: (tensor: Tensor) => string,
): Message {
  const message = set(new messages.NodeDef(), {
    setName: name,
    setOp: op,
    setInputList: [...inputs.map(reference), ...control.map((other) => `^${other}`)],
  });
  mapEntries(
    message,
    'getAttrMap',
    Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attributeMessage(value)] as const),
    ),
  );
  return message;
}

/**
 * Returns a function's message. Within a function, a tensor is addressed by the name of an argument, or by
 * its node and its output's name in TensorFlow's registry.
 */
function functionMessage({ name, inputs, nodes, outputs }: GraphFunction): Message {
  const operations = new Map(nodes.map((node) => [node.name, node.op]));
  const reference = (tensor: Tensor): string => {
    const op = operations.get(tensor.node);
    if (op !== undefined) return `${tensor.node}:${outputName(op, tensor.output)}`;
    const position = inputs.findIndex(({ node, output }) => node === tensor.node && output === tensor.output);
    if (position < 0) throw new Error(`the function ${name} is not given ${tensor.node}:${tensor.output}`);
    return `input_${position}`;
  };
  const argument = (prefix: string) => (tensor: Tensor, position: number) =>
    set(new messages.OpDef.ArgDef(), { setName: `${prefix}_${position}`, setType: dataTypes[tensor.dtype] });
  const signature = set(new messages.OpDef(), {
    setName: name,
    setInputArgList: inputs.map(argument('input')),
    setOutputArgList: outputs.map(argument('output')),
    setIsStateful: true,
  });
  const message = set(new messages.FunctionDef(), {
    setSignature: signature,
    setNodeDefList: nodes.map((node) => nodeMessage(node, reference)),
  });
  const results = outputs.map((tensor, position) => [`output_${position}`, reference(tensor)] as const);
  const returned = message['getRetMap']?.call(message) as unknown as Map<string, string>;
  for (const [key, value] of results) returned.set(key, value);
  // If it were inlined, the result would be the graph that it was cut from.
  mapEntries(message, 'getAttrMap', { _noinline: set(new messages.AttrValue(), { setB: true }) });
  return message;
}

function graphMessage(graph: Graph): Message {
  const reference = ({ node, output }: Tensor) => (output === 0 ? node : `${node}:${output}`);
  const versions = set(new messages.VersionDef(), { setProducer: producer });
  return set(new messages.GraphDef(), {
    setNodeList: graph.nodes.map((node) => nodeMessage(node, reference)),
    setVersions: versions,
    setLibrary: set(new messages.FunctionDefLibrary(), {
      setFunctionList: graph.functions.map(functionMessage),
    }),
  });
}

function signatureMessage({ inputs, outputs, served }: Signature): Message {
  const side = (tensors: Side) =>
    Object.fromEntries(
      slotsOf(tensors).map(({ flatName, tensor: { node, output, dtype } }) => [
        flatName,
        set(new messages.TensorInfo(), {
          setName: `${node}:${output}`,
          setDtype: dataTypes[dtype],
          setTensorShape: served?.shapes[flatName]
            ? shapeMessage(served.shapes[flatName])
            : set(new messages.TensorShape(), { setUnknownRank: true }),
        }),
      ]),
    );
  const message = set(new messages.SignatureDef(), { setMethodName: served?.method ?? 'stride' });
  mapEntries(message, 'getInputsMap', side(inputs));
  mapEntries(message, 'getOutputsMap', side(outputs));
  return message;
}

/** Returns the bytes of `saved_model.pb`. */
export function serializeSavedModel(graph: Graph): Uint8Array {
  const info = set(new messages.MetaGraphDef.MetaInfoDef(), { setTagsList: [servingTag] });
  const meta = set(new messages.MetaGraphDef(), { setMetaInfoDef: info, setGraphDef: graphMessage(graph) });
  const signatures = Object.fromEntries(
    Object.entries(graph.signatures).map(([name, signature]) => [name, signatureMessage(signature)]),
  );
  mapEntries(meta, 'getSignatureDefMap', signatures);
  const model = set(new messages.SavedModel(), { setSavedModelSchemaVersion: 1, setMetaGraphsList: [meta] });
  return (model['serializeBinary'] as unknown as () => Uint8Array).call(model);
}

/** Writes the graph into `folder`, which is created if it is missing. */
export async function writeSavedModel(graph: Graph, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'saved_model.pb'), serializeSavedModel(graph));
}
