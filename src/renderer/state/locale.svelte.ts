/**
 * The language that is shown. Messages ask Paraglide's `getLocale`, which asks this state: whatever shows a message
 * is drawn anew when the choice changes, without a restart.
 */
import { type Locale, isLocale, locales, overwriteGetLocale } from '../paraglide/runtime.js';
import { Preference, storeOf } from './preference.ts';

export type { Locale };
export const localeChoices = ['system', ...locales] as const;
export type LocaleChoice = (typeof localeChoices)[number];

/** Our best match for a browser's languages: any Chinese gets Simplified Chinese, all else English. */
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
  readonly #preference: Preference<LocaleChoice>;
  readonly #root: HTMLElement;
  readonly current: Locale = $derived.by(() => (isLocale(this.choice) ? this.choice : this.#system));

  constructor(window: Window) {
    this.#root = window.document.documentElement;
    this.#system = localeFor(window.navigator.languages);
    this.#preference = new Preference(storeOf(window), 'locale', localeChoices);
    overwriteGetLocale(() => this.current);
    this.choose(this.#preference.read());
  }

  choose(choice: LocaleChoice): void {
    this.choice = choice;
    this.#preference.write(choice);
    this.#root.lang = this.current;
  }
}
