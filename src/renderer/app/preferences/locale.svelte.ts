/**
 * The language of the window. Paraglide's `getLocale` reads this state, so whatever shows a message is redrawn when the
 * choice changes, without a restart. The lab keeps the choice; a copy is kept where it can be read before the lab has
 * answered, so that the first frame is right.
 */
import { type Locale, isLocale, overwriteGetLocale } from '../../paraglide/runtime.js';
import { Preference, storeOf } from './preference.ts';
import { localeChoices } from './preferenceKeys.ts';
import type { PreferencesState } from './preferences.svelte.ts';

export type { Locale };
export { localeChoices };
export type LocaleChoice = (typeof localeChoices)[number];

/** Returns the best match for a browser's languages: any Chinese gets Simplified Chinese, all else English. */
export function localeFor(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}

export class LocaleState {
  choice = $state.raw<LocaleChoice>('system');
  readonly #system: Locale;
  readonly #copy: Preference<LocaleChoice>;
  readonly #preferences: PreferencesState;
  readonly #root: HTMLElement;
  readonly current: Locale = $derived.by(() => (isLocale(this.choice) ? this.choice : this.#system));

  constructor(window: Window, preferences: PreferencesState) {
    this.#root = window.document.documentElement;
    this.#system = localeFor(window.navigator.languages);
    this.#preferences = preferences;
    this.#copy = new Preference(storeOf(window), 'locale', localeChoices);
    overwriteGetLocale(() => this.current);
    this.#show(this.#copy.read());
    preferences.watch('locale', (kept) => {
      this.#show(kept ?? 'system');
    });
  }

  choose(choice: LocaleChoice): void {
    this.#show(choice);
    this.#preferences.set('locale', choice);
  }

  #show(choice: LocaleChoice): void {
    this.choice = choice;
    this.#copy.write(choice);
    this.#root.lang = this.current;
  }
}
