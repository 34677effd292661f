/** Prints a graph as text, one node per line in the order of construction, for people and for tests. */
import { type Attribute, type Graph, type GraphNode, type Side, type Tensor, slotsOf } from './graph.ts';

function reference(tensor: Tensor): string {
  return tensor.output === 0 ? tensor.node : `${tensor.node}:${tensor.output}`;
}

function attribute(value: Attribute): string {
  switch (value.kind) {
    case 'tensor':
      return `${value.value.dtype}[${value.value.shape.join('×')}](${value.value.values.slice(0, 8).join(', ')}${
        value.value.values.length > 8 ? ', …' : ''
      })`;
    case 'ints':
    case 'shape':
      return `[${value.value.map((n) => (n < 0 ? '?' : n)).join(',')}]`;
    default:
      return String(value.value);
  }
}

/** Attributes that are the same everywhere and are not printed. */
const quiet = new Set([
  'T',
  'dtype',
  'data_format',
  'Tparams',
  'Tindices',
  'shared_name',
  'container',
  'Tshape',
  'Tidx',
  'Tin',
  'Tout',
  'config',
  'config_proto',
]);

function printNode(node: GraphNode): string {
  const attributes = Object.entries(node.attributes)
    .filter(([name]) => !quiet.has(name))
    .map(([name, value]) => `${name}=${attribute(value)}`);
  const control = node.control.map((name) => `^${name}`);
  const inside = [...node.inputs.map(reference), ...control].join(', ');
  return `${node.name} = ${node.op}(${inside})${attributes.length ? ` {${attributes.join(' ')}}` : ''}`;
}

export function printGraph(graph: Graph): string {
  const lines = graph.nodes.map(printNode);
  for (const { name, inputs, nodes, outputs } of graph.functions) {
    const given = inputs.map(reference).join(', ');
    lines.push(`function ${name}(${given}) → ${outputs.map(reference).join(', ')}`);
    lines.push(...nodes.map((node) => `  ${printNode(node)}`));
  }
  for (const [name, { inputs, outputs }] of Object.entries(graph.signatures)) {
    const side = (tensors: Side) =>
      slotsOf(tensors)
        .map(({ flatName, tensor }) => `${flatName}=${reference(tensor)}`)
        .join(' ');
    lines.push(`signature ${name}: ${side(inputs)} → ${side(outputs)}`);
  }
  return `${lines.join('\n')}\n`;
}
