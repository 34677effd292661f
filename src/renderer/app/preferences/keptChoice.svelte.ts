/**
 * A choice of the window's appearance. The lab keeps it; a copy is kept where it can be read before the lab has answered,
 * so that the first frame is right.
 */
import { Preference, storeOf } from './preference.ts';
import type { PreferenceValue } from './preferenceKeys.ts';
import type { PreferencesState } from './preferences.svelte.ts';

type Key = 'locale' | 'theme';

export class KeptChoice<K extends Key> {
  value: PreferenceValue<K>;
  readonly #key: K;
  readonly #copy: Preference<PreferenceValue<K>>;
  readonly #preferences: PreferencesState;
  readonly #show: (choice: PreferenceValue<K>) => void;

  /** The first of `choices` is the default. `show` is called at once and whenever the choice changes. */
  constructor(
    window: Window,
    preferences: PreferencesState,
    key: K,
    choices: readonly PreferenceValue<K>[],
    show: (choice: PreferenceValue<K>) => void,
  ) {
    this.#key = key;
    this.#preferences = preferences;
    this.#show = show;
    this.#copy = new Preference(storeOf(window), key, choices);
    this.value = $state.raw(this.#copy.read());
    this.#apply(this.value);
    preferences.watch(key, (kept) => {
      this.#apply(kept ?? choices[0]!);
    });
  }

  choose(choice: PreferenceValue<K>): void {
    this.#apply(choice);
    this.#preferences.set(this.#key, choice);
  }

  #apply(choice: PreferenceValue<K>): void {
    this.value = choice;
    this.#copy.write(choice);
    this.#show(choice);
  }
}
