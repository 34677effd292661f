/** Light, dark, or what the system has. Sets `data-theme` on the root; ui/tokens.css does the rest. */
import { Preference, storeOf } from './preference.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export class ThemeState {
  choice = $state.raw<Theme>('system');
  /** What `system` stands for now. */
  #systemDark = $state.raw(false);
  /** The theme that is shown. */
  readonly shown: 'light' | 'dark' = $derived(
    this.choice === 'system' ? (this.#systemDark ? 'dark' : 'light') : this.choice,
  );
  readonly #preference: Preference<Theme>;
  readonly #root: HTMLElement;

  constructor(window: Window) {
    this.#root = window.document.documentElement;
    this.#preference = new Preference(storeOf(window), 'theme', themes);
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    this.#systemDark = query.matches;
    query.addEventListener('change', (event) => (this.#systemDark = event.matches));
    this.choose(this.#preference.read());
  }

  choose(choice: Theme): void {
    this.choice = choice;
    this.#preference.write(choice);
    if (choice === 'system') delete this.#root.dataset['theme'];
    else this.#root.dataset['theme'] = choice;
  }
}
