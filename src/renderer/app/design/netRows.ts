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
