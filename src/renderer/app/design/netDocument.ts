/**
 * A net as an editor holds it: the same layers, each with a key that stays its own while everything around it changes,
 * so that a selection, a drag and a drawn row keep their layer. Nodes are immutable and unchanged ones are shared,
 * which makes unlimited undo cheap.
 */
import type { Layer } from '../../../shared/layers/index.ts';
import type { Network } from '../../../shared/network/network.ts';

export interface LayerNode {
  readonly key: string;
  /** A residual block's own `layers` are empty here: they are `children`. */
  readonly layer: Layer;
  readonly children: readonly LayerNode[];
}

export interface NetDocument {
  readonly name: string;
  readonly input: Network['input'];
  readonly nodes: readonly LayerNode[];
}

/** A gap between layers: in the net (`parent` null) or in a block, before the layer at `index`. */
export interface Gap {
  readonly parent: string | null;
  readonly index: number;
}

/** The limits that `networkSchema` and `residualSchema` set. */
export const mostLayers = { net: 256, block: 64 } as const;

let lastKey = 0;

export function toNode(layer: Layer): LayerNode {
  const key = `layer-${++lastKey}`;
  if (layer.type !== 'residual') return { key, layer, children: [] };
  return { key, layer: { ...layer, layers: [] }, children: layer.layers.map(toNode) };
}

export function toLayer({ layer, children }: LayerNode): Layer {
  return layer.type === 'residual' ? { ...layer, layers: children.map(toLayer) } : layer;
}

export function toDocument({ name, input, layers }: Network): NetDocument {
  return { name, input, nodes: layers.map(toNode) };
}

export function toNetwork({ name, input, nodes }: NetDocument): Network {
  return { name, input, layers: nodes.map(toLayer) };
}

/** Returns all nodes from top to bottom, a block before its layers. */
export function flattened(nodes: readonly LayerNode[]): LayerNode[] {
  return nodes.flatMap((node) => [node, ...flattened(node.children)]);
}

export function findNode(nodes: readonly LayerNode[], key: string): LayerNode | undefined {
  return flattened(nodes).find((node) => node.key === key);
}

/** Returns the gap before the node, or undefined if the node does not exist. */
export function placeOf(
  nodes: readonly LayerNode[],
  key: string,
  parent: string | null = null,
): Gap | undefined {
  for (const [index, node] of nodes.entries()) {
    if (node.key === key) return { parent, index };
    const inside = placeOf(node.children, key, node.key);
    if (inside) return inside;
  }
  return undefined;
}

export function childrenAt(nodes: readonly LayerNode[], parent: string | null): readonly LayerNode[] {
  return parent === null ? nodes : (findNode(nodes, parent)?.children ?? []);
}

/** Returns the keys that are not inside another one of them: an action on a block applies to its layers. */
export function outermost(nodes: readonly LayerNode[], keys: ReadonlySet<string>): LayerNode[] {
  return nodes.flatMap((node) => (keys.has(node.key) ? [node] : outermost(node.children, keys)));
}

export function updateNode(
  nodes: readonly LayerNode[],
  key: string,
  change: (node: LayerNode) => LayerNode,
): readonly LayerNode[] {
  return mapNodes(nodes, (node) => (node.key === key ? change(node) : node));
}

/** Returns the same list if nothing changed. */
function mapNodes(nodes: readonly LayerNode[], change: (node: LayerNode) => LayerNode): readonly LayerNode[] {
  let same = true;
  const mapped = nodes.map((node) => {
    const children = mapNodes(node.children, change);
    const next = change(children === node.children ? node : { ...node, children });
    same &&= next === node;
    return next;
  });
  return same ? nodes : mapped;
}

export function insertAt(
  nodes: readonly LayerNode[],
  { parent, index }: Gap,
  added: readonly LayerNode[],
): readonly LayerNode[] {
  if (parent === null) return nodes.toSpliced(index, 0, ...added);
  return updateNode(nodes, parent, (node) => ({
    ...node,
    children: node.children.toSpliced(index, 0, ...added),
  }));
}

export function removeNodes(nodes: readonly LayerNode[], keys: ReadonlySet<string>): readonly LayerNode[] {
  return nodes
    .filter((node) => !keys.has(node.key))
    .map((node) => {
      const children = removeNodes(node.children, keys);
      return children.length === node.children.length &&
        children.every((child, index) => child === node.children[index])
        ? node
        : { ...node, children };
    });
}

/**
 * Removes the nodes and inserts them, in their order, at the gap; returns undefined if the gap is inside one of them.
 * The gap's index counts the nodes at their old places.
 */
export function moveNodes(
  nodes: readonly LayerNode[],
  keys: ReadonlySet<string>,
  { parent, index }: Gap,
): readonly LayerNode[] | undefined {
  const moved = outermost(nodes, keys);
  if (parent !== null && flattened(moved).some((node) => node.key === parent)) return undefined;
  const before = childrenAt(nodes, parent).slice(0, index);
  const taken = new Set(moved.map((node) => node.key));
  const gone = before.filter((node) => taken.has(node.key)).length;
  return insertAt(removeNodes(nodes, taken), { parent, index: index - gone }, moved);
}

/** Returns a copy with new keys, so that the same layer can be inserted twice. */
export function copied(node: LayerNode): LayerNode {
  return toNode(toLayer(node));
}

/** Returns what a step's label says of its layers: the layer if it is one, and how many they are. */
export function counted(nodes: readonly LayerNode[]): { layer?: Layer; count: number } {
  const [first] = nodes;
  return first && nodes.length === 1 ? { layer: first.layer, count: 1 } : { count: nodes.length };
}

/** Returns the layer enabled or disabled. */
export function switched(layer: Layer, on: boolean): Layer {
  if (!on) return { ...layer, disabled: true };
  const { disabled: _, ...rest } = layer;
  return rest;
}
