/** The steps of an edited net, each of which can be undone and redone without limit. */
import type { StepLabel } from '../../i18n/design.ts';
import type { NetDocument } from './netDocument.ts';

/** What a step changes: the net, the selected layers, and the row that has the keyboard. */
export interface NetState {
  readonly document: NetDocument;
  readonly selection: ReadonlySet<string>;
  readonly active: string;
}

/**
 * A step's label, and the state before it (in `past`) or after it (in `future`). The steps of a stack are a linked
 * list.
 */
interface Step {
  readonly label: StepLabel;
  readonly state: NetState;
  readonly below: Step | null;
}

export class NetHistory {
  #past = $state.raw<Step | null>(null);
  #future = $state.raw<Step | null>(null);
  /** The field whose typing continues the current step. */
  #typing: string | null = null;

  readonly undoLabel: StepLabel | null = $derived(this.#past?.label ?? null);
  readonly redoLabel: StepLabel | null = $derived(this.#future?.label ?? null);

  clear(): void {
    this.#past = null;
    this.#future = null;
    this.#typing = null;
  }

  /** Ends the current typing step: further typing is another step. */
  pauseTyping(): void {
    this.#typing = null;
  }

  /** Records a step. While typing goes on in the same field, the state before its first letter is already recorded. */
  record(label: StepLabel, before: NetState, typing: string | null): void {
    if (typing === null || typing !== this.#typing) {
      this.#past = { label, state: before, below: this.#past };
    }
    this.#typing = typing;
    this.#future = null;
  }

  /** Returns the step that is undone and the state before it; null if there is none. */
  undo(now: NetState): Pick<Step, 'label' | 'state'> | null {
    const step = this.#past;
    if (!step) return null;
    this.#typing = null;
    this.#future = { label: step.label, state: now, below: this.#future };
    this.#past = step.below;
    return step;
  }

  /** Returns the step that is redone and the state after it; null if there is none. */
  redo(now: NetState): Pick<Step, 'label' | 'state'> | null {
    const step = this.#future;
    if (!step) return null;
    this.#typing = null;
    this.#past = { label: step.label, state: now, below: this.#past };
    this.#future = step.below;
    return step;
  }
}
