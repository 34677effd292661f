/**
 * A net with its selection and its history of steps, each of which can be undone and redone without limit. `NetEditor`
 * makes the steps.
 */
import type { Network } from '../../../shared/network/network.ts';
import { sameNetwork } from '../../../shared/network/networkDiff.ts';
import type { StepLabel } from '../../i18n/design.ts';
import { surveyNetwork } from '../../../shared/network/survey.ts';
import { type NetDocument, flattened, toDocument, toNetwork } from './netDocument.ts';
import { type Row, rowsOf } from './netRows.ts';

/**
 * A step's label, and the state before it (in `past`) or after it (in `future`). The steps of a stack are a linked
 * list.
 */
interface Step {
  readonly label: StepLabel;
  readonly document: NetDocument;
  readonly selection: ReadonlySet<string>;
  readonly active: string;
  readonly below: Step | null;
}

export const nobody: ReadonlySet<string> = new Set();

/** Stands for the net's input, which is a row of its own, in place of a layer's key. */
export const inputKey = 'input';

export class SteppedNet {
  document = $state.raw<NetDocument>({ name: '', input: { height: 1, width: 1, channels: 1 }, nodes: [] });
  selection = $state.raw<ReadonlySet<string>>(nobody);
  /** The row that has the keyboard, a layer's or the input's; its fields are shown. */
  active = $state.raw<string>(inputKey);
  /** A preset or an old version is read-only. */
  readOnly = $state.raw(false);
  /** Number of changes that were refused because the net is read-only, so that the screen can say so. */
  refused = $state.raw(0);

  #past = $state.raw<Step | null>(null);
  #future = $state.raw<Step | null>(null);
  #saved = $state.raw<Network | null>(null);
  /** The field whose typing continues the current step. */
  #typing: string | null = null;
  #anchor: string | null = null;

  readonly network: Network = $derived(toNetwork(this.document));
  readonly survey = $derived(surveyNetwork(this.network));
  readonly rows: readonly Row[] = $derived(rowsOf(this.document.nodes, this.survey.layers, null, 1));
  readonly activeRow: Row | undefined = $derived(this.rows.find(({ node }) => node.key === this.active));
  readonly undoLabel: StepLabel | null = $derived(this.#past?.label ?? null);
  readonly redoLabel: StepLabel | null = $derived(this.#future?.label ?? null);
  /** True while the net differs from the last saved one. */
  readonly dirty: boolean = $derived(!this.#saved || !sameNetwork(this.#saved, this.network));

  readonly #onChange: () => void;

  /** `onChange` is called after every change of the net. */
  constructor(network: Network, onChange: () => void = () => undefined) {
    this.#onChange = onChange;
    this.open(network);
  }

  /** Opens another net and discards the history of the one before. */
  open(network: Network, readOnly = false): void {
    this.document = toDocument(network);
    this.readOnly = readOnly;
    this.selection = nobody;
    this.active = this.document.nodes.at(-1)?.key ?? inputKey;
    this.#anchor = null;
    this.#past = null;
    this.#future = null;
    this.#typing = null;
    this.#saved = null;
  }

  /** Sets the net that `dirty` compares with. */
  saved(network: Network | null): void {
    this.#saved = network;
  }

  /** Ends the current typing step: further typing is another step. */
  pauseTyping(): void {
    this.#typing = null;
  }

  undo(): StepLabel | null {
    const step = this.#past;
    if (!step || this.readOnly) return null;
    this.#future = { ...this.#now(step.label), below: this.#future };
    this.#past = step.below;
    this.#show(step);
    return step.label;
  }

  redo(): StepLabel | null {
    const step = this.#future;
    if (!step || this.readOnly) return null;
    this.#past = { ...this.#now(step.label), below: this.#past };
    this.#future = step.below;
    this.#show(step);
    return step.label;
  }

  /** `only` selects the layer alone; `toggle` adds or removes it; `range` selects all layers from the anchor to it. */
  select(key: string, how: 'only' | 'toggle' | 'range' = 'only'): void {
    this.pauseTyping();
    const keys = this.rows.map(({ node }) => node.key);
    if (how === 'range' && this.#anchor !== null && keys.includes(this.#anchor)) {
      const [from, to] = [keys.indexOf(this.#anchor), keys.indexOf(key)].sort((a, b) => a - b) as [
        number,
        number,
      ];
      this.selection = new Set(keys.slice(from, to + 1));
    } else if (how === 'toggle') {
      const next = new Set(this.selection.size > 0 ? this.selection : [this.active]);
      next.delete(inputKey);
      if (!next.delete(key)) next.add(key);
      this.selection = next;
      this.#anchor = key;
    } else {
      this.selection = key === inputKey ? nobody : new Set([key]);
      this.#anchor = key === inputKey ? null : key;
    }
    this.active = key;
  }

  selectAll(): void {
    this.selection = new Set(this.rows.map(({ node }) => node.key));
  }

  selectNone(): void {
    this.selection = nobody;
  }

  /** Goes to the row up or down, and returns its key. */
  step(by: number, extend = false): string {
    const keys = [inputKey, ...this.rows.map(({ node }) => node.key)];
    const to = keys.indexOf(this.active) + by;
    const key = keys[Math.min(keys.length - 1, Math.max(extend ? 1 : 0, to))] ?? inputKey;
    if (extend) this.#anchor ??= this.active;
    this.select(key, extend ? 'range' : 'only');
    return key;
  }

  protected commit(
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
    // While typing goes on in the same field, the state before its first letter is already on the stack.
    if (typing === null || typing !== this.#typing) this.#past = { ...this.#now(label), below: this.#past };
    this.#typing = typing;
    this.#future = null;
    this.document = document;
    this.selection = selection;
    this.active = active;
    this.#repair();
    this.#onChange();
    return true;
  }

  #now(label: StepLabel): Omit<Step, 'below'> {
    return { label, document: this.document, selection: this.selection, active: this.active };
  }

  #show({ document, selection, active }: Step): void {
    this.#typing = null;
    this.document = document;
    this.selection = selection;
    this.active = active;
    this.#repair();
    this.#onChange();
  }

  /** Removes deleted layers from the selection. */
  #repair(): void {
    const keys = new Set(flattened(this.document.nodes).map(({ key }) => key));
    if ([...this.selection].some((key) => !keys.has(key)))
      this.selection = new Set([...this.selection].filter((key) => keys.has(key)));
    if (this.active !== inputKey && !keys.has(this.active))
      this.active = this.document.nodes.at(-1)?.key ?? inputKey;
    if (this.#anchor !== null && !keys.has(this.#anchor)) this.#anchor = null;
  }
}
