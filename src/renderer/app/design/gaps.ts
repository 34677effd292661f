/** The gaps that added or moved layers go to: beside, after, outside and inside of layers. */
import { type Gap, type LayerNode, childrenAt, placeOf } from './netDocument.ts';
import type { Row } from './netRows.ts';

/** Returns the gap after a row, or into it if it is an empty block; the net's first gap if there is no row. */
export function gapAfter(row: Row | undefined): Gap {
  if (!row) return { parent: null, index: 0 };
  if (row.node.layer.type === 'residual' && row.node.children.length === 0) {
    return { parent: row.node.key, index: 0 };
  }
  return { parent: row.parent, index: row.index + 1 };
}

/** Returns the gap beyond the neighbour above (−1) or below the layers; null if there is no neighbour. */
export function gapBeside(
  nodes: readonly LayerNode[],
  targets: readonly LayerNode[],
  by: -1 | 1,
): Gap | null {
  const edge = by < 0 ? targets[0] : targets.at(-1);
  const place = edge && placeOf(nodes, edge.key);
  if (!place) return null;
  const { parent, index } = place;
  const beyond = by < 0 ? index - 1 : index + 2;
  return beyond >= 0 && beyond <= childrenAt(nodes, parent).length ? { parent, index: beyond } : null;
}

/** Returns the gap before (−1) or after the block that the layers are in; null if they are in none. */
export function gapOutside(
  nodes: readonly LayerNode[],
  [first]: readonly LayerNode[],
  by: -1 | 1,
): Gap | null {
  const parent = first && placeOf(nodes, first.key)?.parent;
  const place = parent && placeOf(nodes, parent);
  return place ? { ...place, index: place.index + (by > 0 ? 1 : 0) } : null;
}

/** Returns the end of the block right before the layers, or else the start of the one right after; null without one. */
export function gapInside(nodes: readonly LayerNode[], targets: readonly LayerNode[]): Gap | null {
  const [first, last] = [targets[0], targets.at(-1)];
  const from = first && placeOf(nodes, first.key);
  const to = last && placeOf(nodes, last.key);
  if (!from || !to) return null;
  const siblings = childrenAt(nodes, from.parent);
  const before = siblings[from.index - 1];
  if (before?.layer.type === 'residual') return { parent: before.key, index: before.children.length };
  const behind = siblings[to.index + 1];
  return behind?.layer.type === 'residual' ? { parent: behind.key, index: 0 } : null;
}
