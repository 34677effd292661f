/**
 * The settings that a person has made, kept by the lab, so that every host and every window has them. Reading is
 * synchronous: the lab's value, or else the key's fallback. A new value applies at once and is sent afterwards; of
 * several values that are set for a key while one is being sent (a text being typed), only the last is sent.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { type PreferenceKey, type PreferenceValue, preferences } from './preferenceKeys.ts';

type Listener = (value: unknown) => void;

export class PreferencesState {
  /** False until the lab's values have been loaded; until then, fallbacks are returned. */
  loaded = $state.raw(false);
  /** The reason why the last value could not be kept. It still applies in this window. */
  problem = $state.raw<ProblemRecord | null>(null);
  #kept = $state.raw<Readonly<Record<string, unknown>>>({});
  readonly #lab: LabClient;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Keys with a value being sent, each with the next value to send, if there is one. */
  readonly #sending = new Map<string, { next: { value: unknown } | null }>();

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('preferences.changed', ({ key, value }) => {
      // An echo of an older value must not replace a newer one.
      if (!this.#sending.has(key)) this.#hold(key, value);
    });
  }

  /** Returns the key's value; the fallback if nothing is kept or the kept value does not fit. Reactive. */
  get<K extends PreferenceKey>(key: K): PreferenceValue<K> {
    return this.kept(key) ?? preferences[key].fallback;
  }

  /** Returns the same as `get`, but undefined if nothing is kept. */
  kept<K extends PreferenceKey>(key: K): PreferenceValue<K> | undefined {
    if (!Object.hasOwn(this.#kept, key)) return undefined;
    const { success, data } = preferences[key].schema.safeParse(this.#kept[key]);
    return success ? data : undefined;
  }

  set<K extends PreferenceKey>(key: K, value: PreferenceValue<K>): void {
    // A form's value may be a reactive proxy; the kept value must not be one.
    const plain = $state.snapshot(value) as unknown;
    if (JSON.stringify(plain) === JSON.stringify(this.#kept[key])) return;
    this.#hold(key, plain);
    const sending = this.#sending.get(key);
    if (sending) sending.next = { value: plain };
    else void this.#send(key, plain);
  }

  /** Resets the key to its fallback. */
  forget(key: PreferenceKey): void {
    this.#hold(key, null);
    const sending = this.#sending.get(key);
    if (sending) sending.next = { value: null };
    else void this.#send(key, null);
  }

  /**
   * Calls the listener whenever the key's value changes, and once it has been loaded: with undefined if nothing is
   * kept.
   */
  watch<K extends PreferenceKey>(key: K, listener: (value: PreferenceValue<K> | undefined) => void): void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener as Listener));
    if (this.loaded) listener(this.kept(key));
  }

  async load(): Promise<void> {
    try {
      const kept = await this.#lab.call('preferences.get', {});
      // Values that were set meanwhile are newer.
      for (const key of this.#sending.keys()) kept[key] = this.#kept[key] as (typeof kept)[string];
      this.#kept = kept;
      this.loaded = true;
      this.problem = null;
    } catch (error) {
      this.problem = toProblemRecord(error);
      return;
    }
    for (const key of this.#listeners.keys()) this.#tell(key);
  }

  #hold(key: string, value: unknown): void {
    const { [key]: _, ...others } = this.#kept;
    this.#kept = value === null ? others : { ...others, [key]: value };
    this.#tell(key);
  }

  #tell(key: string): void {
    if (!Object.hasOwn(preferences, key)) return;
    const value = this.kept(key as PreferenceKey);
    for (const listener of this.#listeners.get(key) ?? []) listener(value);
  }

  async #send(key: string, value: unknown): Promise<void> {
    const sending: { next: { value: unknown } | null } = { next: { value } };
    this.#sending.set(key, sending);
    while (sending.next) {
      const next = sending.next;
      sending.next = null;
      try {
        await this.#lab.call('preferences.set', { key, value: next.value });
        this.problem = null;
      } catch (error) {
        this.problem = toProblemRecord(error);
      }
    }
    this.#sending.delete(key);
  }
}
