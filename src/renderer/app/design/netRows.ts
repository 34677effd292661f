/** An edited net's layers for a list, including those inside blocks, each with the result of its check. */
import type { SurveyedLayer } from '../../../shared/network/survey.ts';
import type { LayerNode } from './netDocument.ts';

/** A layer as a list shows it: its position, and how it fits. */
export interface Row {
  readonly node: LayerNode;
  readonly parent: string | null;
  readonly index: number;
  readonly level: number;
  readonly surveyed: SurveyedLayer;
}

export function rowsOf(
  nodes: readonly LayerNode[],
  surveyed: readonly SurveyedLayer[],
  parent: string | null,
  level: number,
): Row[] {
  return nodes.flatMap((node, index) => {
    const own = surveyed[index]!;
    return [
      { node, parent, index, level, surveyed: own },
      ...rowsOf(node.children, own.inner, node.key, level + 1),
    ];
  });
}

/**
 * Returns the key of the row that gets the keyboard when these layers and what is in them are removed: the next one that
 * stays, or else the one before; undefined if none stays.
 */
export function nextKey(rows: readonly Row[], removed: ReadonlySet<string>): string | undefined {
  const gone = new Set<string>();
  for (const { node, parent } of rows) {
    if (removed.has(node.key) || (parent !== null && gone.has(parent))) gone.add(node.key);
  }
  const at = rows.findIndex(({ node }) => removed.has(node.key));
  const stays = ({ node }: Row) => !gone.has(node.key);
  return (rows.slice(at).find(stays) ?? rows.slice(0, at).findLast(stays))?.node.key;
}
