/**
 * The theme: light, dark, or the system's. Sets `data-theme` on the root; ui/tokens.css does the rest. The lab keeps
 * the choice; a copy is kept where it can be read before the lab has answered, so that the first frame is right.
 */
import { Preference, storeOf } from './preference.ts';
import { themes } from './preferenceKeys.ts';
import type { PreferencesState } from './preferences.svelte.ts';

export { themes };
export type Theme = (typeof themes)[number];

export class ThemeState {
  choice = $state.raw<Theme>('system');
  /** True while the system's theme is dark, for the choice `system`. */
  #systemDark = $state.raw(false);
  /** The theme that is shown. */
  readonly shown: 'light' | 'dark' = $derived(
    this.choice === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.choice,
  );
  readonly #copy: Preference<Theme>;
  readonly #preferences: PreferencesState;
  readonly #root: HTMLElement;

  constructor(window: Window, preferences: PreferencesState) {
    this.#root = window.document.documentElement;
    this.#preferences = preferences;
    this.#copy = new Preference(storeOf(window), 'theme', themes);
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => (this.#systemDark = event.matches));
    this.#show(this.#copy.read());
    preferences.watch('theme', (kept) => {
      this.#show(kept ?? 'system');
    });
  }

  choose(choice: Theme): void {
    this.#show(choice);
    this.#preferences.set('theme', choice);
  }

  #show(choice: Theme): void {
    this.choice = choice;
    this.#copy.write(choice);
    if (choice === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = choice;
  }
}
