/**
 * What a person has set once, kept by the lab, so that every host and every window has it. Reading is at once: what the
 * lab has, else the key's fallback. What is set holds at once too, and is sent after; of several values for a key that are
 * set while one is on its way (a text that is being typed), only the last is sent.
 */
import type { LabClient } from '../../../shared/api/api.ts';
import { type ProblemRecord, toProblemRecord } from '../../../shared/base/problem.ts';
import { type PreferenceKey, type PreferenceValue, preferences } from './preferenceKeys.ts';

type Listener = (value: unknown) => void;

export class PreferencesState {
  /** False until the lab has said what it keeps; till then fallbacks are given. */
  loaded = $state.raw(false);
  /** Why the last value could not be kept. It holds for this window all the same. */
  problem = $state.raw<ProblemRecord | null>(null);
  #kept = $state.raw<Readonly<Record<string, unknown>>>({});
  readonly #lab: LabClient;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Keys with a value on its way; the next one to be sent, where there is one. */
  readonly #sending = new Map<string, { next: { value: unknown } | null }>();

  constructor(lab: LabClient) {
    this.#lab = lab;
    lab.on('preferences.changed', ({ key, value }) => {
      // An echo of what was set before what was set last.
      if (!this.#sending.has(key)) this.#hold(key, value);
    });
  }

  /** Reactive. A value that does not fit its key any more is as if it were not there. */
  get<K extends PreferenceKey>(key: K): PreferenceValue<K> {
    return this.kept(key) ?? preferences[key].fallback;
  }

  /** As `get`, but undefined where nothing is kept. */
  kept<K extends PreferenceKey>(key: K): PreferenceValue<K> | undefined {
    if (!Object.hasOwn(this.#kept, key)) return undefined;
    const { success, data } = preferences[key].schema.safeParse(this.#kept[key]);
    return success ? data : undefined;
  }

  set<K extends PreferenceKey>(key: K, value: PreferenceValue<K>): void {
    // What a form gives may be reactive; what is kept is not.
    const plain = $state.snapshot(value) as unknown;
    if (JSON.stringify(plain) === JSON.stringify(this.#kept[key])) return;
    this.#hold(key, plain);
    const sending = this.#sending.get(key);
    if (sending) sending.next = { value: plain };
    else void this.#send(key, plain);
  }

  /** Back to the fallback. */
  forget(key: PreferenceKey): void {
    this.#hold(key, null);
    const sending = this.#sending.get(key);
    if (sending) sending.next = { value: null };
    else void this.#send(key, null);
  }

  /** Hears the key's value whenever it becomes another one, and once it is loaded: undefined where nothing is kept. */
  watch<K extends PreferenceKey>(key: K, listener: (value: PreferenceValue<K> | undefined) => void): void {
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(listener as Listener));
    if (this.loaded) listener(this.kept(key));
  }

  async load(): Promise<void> {
    try {
      const kept = await this.#lab.call('preferences.get', {});
      // What was set meanwhile is newer.
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
