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
import { surveyNetwork } from '../../../shared/network/survey.ts';
import type { StepLabel } from '../../i18n/design.ts';
import { Problem } from '../../../shared/base/problem.ts';
import {
  type LayerNode,
  type Gap,
  type NetDocument,
  copied,
  counted,
  findNode,
  flattened,
  insertAt,
  mostLayers,
  moveNodes,
  outermost,
  placeOf,
  removeNodes,
  switched,
  toDocument,
  toLayer,
  toNetwork,
  toNode,
  updateNode,
} from './netDocument.ts';
import { gapAfter, gapBeside, gapInside, gapOutside } from './gaps.ts';
import { NetHistory, type NetState } from './netHistory.svelte.ts';
import { type Row, nextKey, rowsOf } from './netRows.ts';
import { readNetwork, writeLayers } from './netText.ts';
import { RowSelection, inputKey, nobody } from './rowSelection.svelte.ts';

export { inputKey } from './rowSelection.svelte.ts';

export class NetEditor {
  document = $state.raw<NetDocument>({ name: '', input: { height: 1, width: 1, channels: 1 }, nodes: [] });
  /** A preset or an old version is read-only. */
  readOnly = $state.raw(false);
  /** Number of changes that were refused because the net is read-only, so that the screen can say so. */
  refused = $state.raw(0);
  #saved = $state.raw<Network | null>(null);

  readonly #history = new NetHistory();
  readonly #selected = new RowSelection(() => flattened(this.document.nodes).map(({ key }) => key));
  readonly #onChange: () => void;

  readonly network: Network = $derived(toNetwork(this.document));
  readonly survey = $derived(surveyNetwork(this.network));
  readonly rows: readonly Row[] = $derived(rowsOf(this.document.nodes, this.survey.layers, null, 1));
  readonly activeRow: Row | undefined = $derived(this.rows.find(({ node }) => node.key === this.active));
  /** True while the net differs from the last saved one. */
  readonly dirty: boolean = $derived(!this.#saved || !sameNetwork(this.#saved, this.network));

  /** `onChange` is called after every change of the net. */
  constructor(network: Network, onChange: () => void = () => undefined) {
    this.#onChange = onChange;
    this.open(network);
  }

  /** Opens another net and discards the history of the one before. */
  open(network: Network, readOnly = false): void {
    this.document = toDocument(network);
    this.readOnly = readOnly;
    this.#selected.reset(this.#lastKey);
    this.#history.clear();
    this.#saved = null;
  }

  /** Sets the net that `dirty` compares with. */
  saved(network: Network | null): void {
    this.#saved = network;
  }

  get selection(): ReadonlySet<string> {
    return this.#selected.selection;
  }

  /** The row that has the keyboard, a layer's or the input's; its fields are shown. */
  get active(): string {
    return this.#selected.active;
  }

  get undoLabel(): StepLabel | null {
    return this.#history.undoLabel;
  }

  get redoLabel(): StepLabel | null {
    return this.#history.redoLabel;
  }

  /** Ends the current typing step: further typing is another step. */
  pauseTyping(): void {
    this.#history.pauseTyping();
  }

  undo(): StepLabel | null {
    return this.#show(this.readOnly ? null : this.#history.undo(this.#now));
  }

  redo(): StepLabel | null {
    return this.#show(this.readOnly ? null : this.#history.redo(this.#now));
  }

  select(key: string, how?: 'only' | 'toggle' | 'range'): void {
    this.pauseTyping();
    this.#selected.select(key, how);
  }

  selectAll(): void {
    this.#selected.selectAll();
  }

  selectNone(): void {
    this.#selected.selectNone();
  }

  /** Goes to the row up or down, and returns its key. */
  step(by: number, extend = false): string {
    this.pauseTyping();
    return this.#selected.step(by, extend);
  }

  /** Replaces the whole net in one step, as when a version is restored or another window has changed the net. */
  replace(network: Network): boolean {
    if (sameNetwork(network, this.network)) return true;
    return this.#commit({ kind: 'replace' }, toDocument(network), nobody);
  }

  rename(name: string): boolean {
    const trimmed = name.trim().slice(0, 80).trim();
    if (trimmed === '' || trimmed === this.document.name) return true;
    return this.#commit({ kind: 'rename' }, { ...this.document, name: trimmed }, this.selection, 'name');
  }

  setInput(change: Partial<Network['input']>): boolean {
    const input = { ...this.document.input, ...change };
    const key = `input.${Object.keys(change).join('.')}`;
    return this.#commit({ kind: 'input' }, { ...this.document, input }, this.selection, key);
  }

  /** The default place for a new layer. */
  get gap(): Gap {
    return gapAfter(this.activeRow);
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
    const nodes = removeNodes(this.document.nodes, keys);
    const next = nextKey(this.rows, keys);
    const label = { kind: 'remove', ...counted(targets) } as const;
    return this.#commit(label, { ...this.document, nodes }, nobody, null, next ?? inputKey);
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
    return this.#commit(label, { ...this.document, nodes }, this.selection);
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
    return this.#commit({ kind: 'field', layer }, document, this.selection, `${key}.${name}`);
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
    return this.#commit(label, { ...this.document, nodes }, this.selection);
  }

  /** Moves the layers one place up or down among their neighbours, and out of a block at its end. */
  shift(by: -1 | 1): boolean {
    const place = gapBeside(this.document.nodes, this.targets, by);
    return place ? this.move(this.targets, place) : this.moveOut(by);
  }

  /** Moves the layers out of their block, to before (−1) or after it. */
  moveOut(by: -1 | 1 = 1): boolean {
    return this.#moveTo(gapOutside(this.document.nodes, this.targets, by));
  }

  /** Moves the layers to the end of the block right before them, or else to the start of the one right after. */
  moveIn(): boolean {
    return this.#moveTo(gapInside(this.document.nodes, this.targets));
  }

  /** Returns the selected layers as a net of their own, for the clipboard; null if nothing is selected. */
  copy(): string | null {
    const targets = this.targets;
    const [first] = targets;
    if (!first) return null;
    const given = this.rows.find(({ node }) => node.key === first.key)?.surveyed.state;
    const shape = given && 'input' in given ? given.input : null;
    return writeLayers(targets.map(toLayer), shape, this.document);
  }

  /** Pastes layers or a net given as JSON. Throws a `Problem` for anything else. */
  paste(text: string): boolean {
    const { layers } = readNetwork(text);
    if (layers.length === 0) throw new Problem('network.no-layers', 'the net that was pasted has no layers');
    const nodes = layers.map(toNode);
    return this.#insert({ kind: 'paste', ...counted(nodes) }, this.gap, nodes);
  }

  get #lastKey(): string {
    return this.document.nodes.at(-1)?.key ?? inputKey;
  }

  get #now(): NetState {
    return { document: this.document, selection: this.selection, active: this.active };
  }

  #show(step: { readonly label: StepLabel; readonly state: NetState } | null): StepLabel | null {
    if (!step) return null;
    this.#put(step.state);
    return step.label;
  }

  #put({ document, selection, active }: NetState): void {
    this.document = document;
    this.#selected.show(selection, active, this.#lastKey);
    this.#onChange();
  }

  /** Makes a step. Returns false if the net is read-only. */
  #commit(
    label: StepLabel,
    document: NetDocument,
    selection: ReadonlySet<string>,
    typing: string | null = null,
    active = this.active,
  ): boolean {
    if (this.readOnly) {
      this.refused += 1;
      return false;
    }
    this.#history.record(label, this.#now, typing);
    this.#put({ document, selection, active });
    return true;
  }

  #moveTo(place: Gap | null): boolean {
    return place !== null && this.move(this.targets, place);
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
    return this.#commit(label, { ...this.document, nodes }, new Set(keys), null, keys.at(-1) ?? this.active);
  }

  #room(nodes: readonly LayerNode[]): boolean {
    return (
      nodes.length <= mostLayers.net &&
      flattened(nodes).every(({ children }) => children.length <= mostLayers.block)
    );
  }
}
