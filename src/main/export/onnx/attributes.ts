/** Access to a node's attributes by name. */
import type { OnnxAttribute, Node } from './proto.ts';

const attributeOf = (node: Node, name: string): OnnxAttribute | undefined =>
  node.attribute?.find((each) => each.name === name);

export function intOf(node: Node, name: string, otherwise: number): number {
  const found = attributeOf(node, name);
  return found ? Number(found.i ?? 0) : otherwise;
}

export function floatOf(node: Node, name: string, otherwise: number): number {
  return attributeOf(node, name)?.f ?? otherwise;
}

export function intsOf(node: Node, name: string): number[] | undefined {
  return attributeOf(node, name)?.ints?.map(Number);
}

export function textOf(node: Node, name: string, otherwise: string): string {
  const found = attributeOf(node, name)?.s;
  return found ? new TextDecoder().decode(found) : otherwise;
}
