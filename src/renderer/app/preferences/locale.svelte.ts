/**
 * The language of the window. Paraglide's `getLocale` reads this state, so whatever shows a message is redrawn when the
 * choice changes, without a restart.
 */
import { type Locale, isLocale, overwriteGetLocale } from '../../paraglide/runtime.js';
import { KeptChoice } from './keptChoice.svelte.ts';
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
  readonly #system: Locale;
  readonly #kept: KeptChoice<'locale'>;
  readonly current: Locale = $derived.by(() => this.#localeOf(this.choice));

  constructor(window: Window, preferences: PreferencesState) {
    const root = window.document.documentElement;
    this.#system = localeFor(window.navigator.languages);
    this.#kept = new KeptChoice(window, preferences, 'locale', localeChoices, (choice) => {
      root.lang = this.#localeOf(choice);
    });
    overwriteGetLocale(() => this.current);
  }

  get choice(): LocaleChoice {
    return this.#kept.value;
  }

  choose(choice: LocaleChoice): void {
    this.#kept.choose(choice);
  }

  #localeOf(choice: LocaleChoice): Locale {
    return isLocale(choice) ? choice : this.#system;
  }
}
