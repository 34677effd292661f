/**
 * The editor of one net: every change is a step that can be undone, without limit. It holds every net that can be
 * written, also one whose layers do not fit each other: an editor shows that beside the layers and never refuses the
 * change.
 */
import {
  type FieldName,
  type FieldValue,
  layerFields,
  newLayer,
  withField,
} from '../../../shared/layers/fields.ts';
import type { Fix } from '../../../shared/network/fixes.ts';
import type { Layer, LayerType } from '../../../shared/layers/index.ts';
import type { Shape } from '../../../shared/layers/layer.ts';
import type { Network } from '../../../shared/network/network.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import type { StepLabel } from '../../i18n/design.ts';
import { Problem } from '../../../shared/base/problem.ts';
import {
  type LayerNode,
  type Gap,
  childrenAt,
  copied,
  findNode,
  flattened,
  insertAt,
  mostLayers,
  moveNodes,
  outermost,
  placeOf,
  removeNodes,
  toDocument,
  toLayer,
  toNetwork,
  toNode,
  updateNode,
} from './netDocument.ts';
import { SteppedNet, inputKey, nobody } from './netSteps.svelte.ts';
import { readNetwork, writeNetwork } from './netText.ts';

export { inputKey } from './netSteps.svelte.ts';

export class NetEditor extends SteppedNet {
  /** Replaces the whole net in one step, as when a version is restored or another window has changed the net. */
  replace(network: Network): boolean {
    if (sameNetwork(network, this.network)) return true;
    return this.commit({ kind: 'replace' }, toDocument(network), nobody);
  }

  rename(name: string): boolean {
    const trimmed = name.trim().slice(0, 80).trim();
    if (trimmed === '' || trimmed === this.document.name) return true;
    return this.commit({ kind: 'rename' }, { ...this.document, name: trimmed }, this.selection, 'name');
  }

  setInput(change: Partial<Network['input']>): boolean {
    const input = { ...this.document.input, ...change };
    const key = `input.${Object.keys(change).join('.')}`;
    return this.commit({ kind: 'input' }, { ...this.document, input }, this.selection, key);
  }

  /** The default place for a new layer: after the active one, or into it if it is an empty block. */
  get gap(): Gap {
    const row = this.activeRow;
    if (!row) return { parent: null, index: 0 };
    if (row.node.layer.type === 'residual' && row.node.children.length === 0) {
      return { parent: row.node.key, index: 0 };
    }
    return { parent: row.parent, index: row.index + 1 };
  }

  /** Returns the input shape of a layer in that gap; undefined if it is unknown. */
  shapeAt({ parent, index }: Gap): Shape | undefined {
    const before = this.rows.filter((row) => row.parent === parent && row.index < index);
    for (const { surveyed } of before.toReversed()) {
      if (surveyed.state.kind === 'fits') return surveyed.state.output;
      if (surveyed.state.kind !== 'off') return undefined;
    }
    if (parent === null) return this.survey.input;
    const place = placeOf(this.document.nodes, parent);
    return place && this.shapeAt(place);
  }

  /** Adds a new layer, or the given one, and makes it the active one. */
  add(what: LayerType | Layer, place: Gap = this.gap): boolean {
    const layer = typeof what === 'string' ? newLayer(what, this.shapeAt(place)) : what;
    return this.#insert({ kind: 'add', layer, count: 1 }, place, [toNode(layer)]);
  }

  /** The selected layers, or the active one if none is selected. */
  get targets(): readonly LayerNode[] {
    const keys = this.selection.size > 0 ? this.selection : new Set([this.active]);
    return outermost(this.document.nodes, keys);
  }

  remove(targets = this.targets): boolean {
    if (targets.length === 0) return false;
    const keys = new Set(targets.map(({ key }) => key));
    const rows = this.rows;
    const nodes = removeNodes(this.document.nodes, keys);
    const left = new Set(flattened(nodes).map(({ key }) => key));
    const at = rows.findIndex(({ node }) => keys.has(node.key));
    const next =
      rows.slice(at).find(({ node }) => left.has(node.key)) ??
      rows.slice(0, at).findLast(({ node }) => left.has(node.key));
    const label = { kind: 'remove', ...counted(targets) } as const;
    return this.commit(label, { ...this.document, nodes }, nobody, null, next?.node.key ?? inputKey);
  }

  duplicate(targets = this.targets): boolean {
    const last = targets.at(-1);
    const place = last && placeOf(this.document.nodes, last.key);
    if (!place) return false;
    const label = { kind: 'duplicate', ...counted(targets) } as const;
    return this.#insert(label, { ...place, index: place.index + 1 }, targets.map(copied));
  }

  /** Enables the layers if one of them is disabled; otherwise disables them. */
  toggle(targets = this.targets): boolean {
    if (targets.length === 0) return false;
    const on = targets.some(({ layer }) => layer.disabled);
    const nodes = targets.reduce(
      (all, { key }) => updateNode(all, key, (node) => ({ ...node, layer: switched(node.layer, on) })),
      this.document.nodes,
    );
    const label = { kind: on ? 'enable' : 'disable', ...counted(targets) } as const;
    return this.commit(label, { ...this.document, nodes }, this.selection);
  }

  /** Sets a value that `fieldProblem` allows. Typing in one field is one step until `pauseTyping`. */
  setField(key: string, name: FieldName, value: FieldValue | undefined): boolean {
    const node = findNode(this.document.nodes, key);
    const field = node && layerFields[node.layer.type].find((each) => each.name === name);
    if (!field) return false;
    const layer = withField(node.layer, field, value);
    const nodes = updateNode(this.document.nodes, key, (each) => ({ ...each, layer }));
    const document = { ...this.document, nodes };
    if (sameNetwork(toNetwork(document), this.network)) return true;
    return this.commit({ kind: 'field', layer }, document, this.selection, `${key}.${name}`);
  }

  /** Applies one of the fixes from `fixesOf` to the layer with that key, as one step. */
  mend(key: string, fix: Fix): boolean {
    this.pauseTyping();
    if (fix.kind === 'append') return this.add({ type: 'linear', units: fix.units }, this.#end());
    if (fix.kind === 'insertBefore') {
      const place = placeOf(this.document.nodes, key);
      return place !== undefined && this.add(fix.type, place);
    }
    const done = this.setField(key, fix.field, fix.value);
    this.pauseTyping();
    return done;
  }

  /**
   * Moves layers to a gap, whose index counts the layers at their old places. Returns false if the gap is inside one of
   * them.
   */
  move(targets: readonly LayerNode[], place: Gap): boolean {
    const nodes = moveNodes(this.document.nodes, new Set(targets.map(({ key }) => key)), place);
    if (!nodes || !this.#room(nodes)) return false;
    const label = { kind: 'move', ...counted(targets) } as const;
    return this.commit(label, { ...this.document, nodes }, this.selection);
  }

  /** Moves the layers one place up or down among their neighbours, and out of a block at its end. */
  shift(by: -1 | 1): boolean {
    const targets = this.targets;
    const edge = by < 0 ? targets[0] : targets.at(-1);
    const place = edge && placeOf(this.document.nodes, edge.key);
    if (!place) return false;
    const { parent, index } = place;
    const siblings = childrenAt(this.document.nodes, parent);
    const beyond = by < 0 ? index - 1 : index + 2;
    if (beyond >= 0 && beyond <= siblings.length) return this.move(targets, { parent, index: beyond });
    return this.moveOut(by);
  }

  /** Moves the layers out of their block, to before (−1) or after it. */
  moveOut(by: -1 | 1 = 1): boolean {
    const [first] = this.targets;
    const parent = first && placeOf(this.document.nodes, first.key)?.parent;
    const place = parent && placeOf(this.document.nodes, parent);
    if (!place) return false;
    return this.move(this.targets, { ...place, index: place.index + (by > 0 ? 1 : 0) });
  }

  /** Moves the layers to the end of the block right before them, or else to the start of the one right after. */
  moveIn(): boolean {
    const targets = this.targets;
    const [first, last] = [targets[0], targets.at(-1)];
    const from = first && placeOf(this.document.nodes, first.key);
    const to = last && placeOf(this.document.nodes, last.key);
    if (!from || !to) return false;
    const siblings = childrenAt(this.document.nodes, from.parent);
    const before = siblings[from.index - 1];
    if (before?.layer.type === 'residual')
      return this.move(targets, { parent: before.key, index: before.children.length });
    const behind = siblings[to.index + 1];
    return behind?.layer.type === 'residual' && this.move(targets, { parent: behind.key, index: 0 });
  }

  /** Returns the selected layers as a net of their own, for the clipboard; null if nothing is selected. */
  copy(): string | null {
    const targets = this.targets;
    const [first] = targets;
    if (!first) return null;
    const given = this.rows.find(({ node }) => node.key === first.key)?.surveyed.state;
    const shape = given && 'input' in given ? given.input : null;
    const input =
      shape?.kind === 'map'
        ? { height: shape.height, width: shape.width, channels: Math.min(shape.channels, 64) }
        : this.document.input;
    const network: Network = { name: this.document.name, input, layers: targets.map(toLayer) };
    return writeNetwork(network);
  }

  /** Pastes layers or a net given as JSON. Throws a `Problem` for anything else. */
  paste(text: string): boolean {
    const { layers } = readNetwork(text);
    if (layers.length === 0) throw new Problem('network.no-layers', 'the net that was pasted has no layers');
    const nodes = layers.map(toNode);
    return this.#insert({ kind: 'paste', ...counted(nodes) }, this.gap, nodes);
  }

  #end(): Gap {
    return { parent: null, index: this.document.nodes.length };
  }

  #insert(label: StepLabel, place: Gap, added: readonly LayerNode[]): boolean {
    const nodes = insertAt(this.document.nodes, place, added);
    if (!this.#room(nodes)) {
      throw new Problem(
        'network.too-many-layers',
        `a net holds at most ${mostLayers.net} layers, and a block ${mostLayers.block}`,
        { net: mostLayers.net, block: mostLayers.block },
      );
    }
    const keys = added.map(({ key }) => key);
    return this.commit(label, { ...this.document, nodes }, new Set(keys), null, keys.at(-1) ?? this.active);
  }

  #room(nodes: readonly LayerNode[]): boolean {
    return (
      nodes.length <= mostLayers.net &&
      flattened(nodes).every(({ children }) => children.length <= mostLayers.block)
    );
  }
}

function counted(nodes: readonly LayerNode[]): { layer?: Layer; count: number } {
  const [first] = nodes;
  return first && nodes.length === 1 ? { layer: first.layer, count: 1 } : { count: nodes.length };
}

function switched(layer: Layer, on: boolean): Layer {
  if (!on) return { ...layer, disabled: true };
  const { disabled: _, ...rest } = layer;
  return rest;
}
