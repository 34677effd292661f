/** The theme: light, dark, or the system's. Sets `data-theme` on the root; ui/tokens.css does the rest. */
import { KeptChoice } from './keptChoice.svelte.ts';
import { themes } from './preferenceKeys.ts';
import type { PreferencesState } from './preferences.svelte.ts';

export { themes };
export type Theme = (typeof themes)[number];

export class ThemeState {
  readonly #kept: KeptChoice<'theme'>;
  /** True while the system's theme is dark, for the choice `system`. */
  #systemDark = $state.raw(false);
  /** The theme that is shown. */
  readonly shown: 'light' | 'dark' = $derived.by(() => {
    if (this.choice !== 'system') return this.choice;
    return this.#systemDark ? 'dark' : 'light';
  });

  constructor(window: Window, preferences: PreferencesState) {
    const root = window.document.documentElement;
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => (this.#systemDark = event.matches));
    this.#kept = new KeptChoice(window, preferences, 'theme', themes, (choice) => {
      if (choice === 'system') delete root.dataset['theme'];
      else root.dataset['theme'] = choice;
    });
  }

  get choice(): Theme {
    return this.#kept.value;
  }

  choose(choice: Theme): void {
    this.#kept.choose(choice);
  }
}
