/** The selected layers of an edited net, and the row that has the keyboard. */

export const nobody: ReadonlySet<string> = new Set();

/** Stands for the net's input, which is a row of its own, in place of a layer's key. */
export const inputKey = 'input';

export class RowSelection {
  selection = $state.raw<ReadonlySet<string>>(nobody);
  /** The row that has the keyboard, a layer's or the input's; its fields are shown. */
  active = $state.raw<string>(inputKey);
  #anchor: string | null = null;
  readonly #keys: () => readonly string[];

  /** `keys` returns the layers' keys in the order of their rows. */
  constructor(keys: () => readonly string[]) {
    this.#keys = keys;
  }

  /** Selects nothing and goes to a row. */
  reset(active: string): void {
    this.selection = nobody;
    this.active = active;
    this.#anchor = null;
  }

  /** `only` selects the layer alone; `toggle` adds or removes it; `range` selects all layers from the anchor to it. */
  select(key: string, how: 'only' | 'toggle' | 'range' = 'only'): void {
    const keys = this.#keys();
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
    this.selection = new Set(this.#keys());
  }

  selectNone(): void {
    this.selection = nobody;
  }

  /** Goes to the row up or down, and returns its key. */
  step(by: number, extend: boolean): string {
    const keys = [inputKey, ...this.#keys()];
    const to = keys.indexOf(this.active) + by;
    const key = keys[Math.min(keys.length - 1, Math.max(extend ? 1 : 0, to))] ?? inputKey;
    if (extend) this.#anchor ??= this.active;
    this.select(key, extend ? 'range' : 'only');
    return key;
  }

  /** Takes over another selection and removes deleted layers from it; `last` is the key of the net's last row. */
  show(selection: ReadonlySet<string>, active: string, last: string): void {
    const keys = new Set(this.#keys());
    this.selection = [...selection].every((key) => keys.has(key))
      ? selection
      : new Set([...selection].filter((key) => keys.has(key)));
    this.active = active === inputKey || keys.has(active) ? active : last;
    if (this.#anchor !== null && !keys.has(this.#anchor)) this.#anchor = null;
  }
}
