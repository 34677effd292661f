/** The tour: five stops, each a screen and an element on it. It can be left at any stop and restarted. */
import type { Route } from './router.svelte.ts';

export const tourStops = [
  { id: 'design', route: { view: 'design' } },
  { id: 'train', route: { view: 'train' } },
  { id: 'watch', route: { view: 'train' } },
  { id: 'runs', route: { view: 'runs' } },
  { id: 'search', route: { view: 'runs' } },
] as const satisfies readonly { id: string; route: Route }[];
export type TourStop = (typeof tourStops)[number];

export class Tour {
  /** Index of the current stop, from 0; null while the tour is closed. */
  at = $state.raw<number | null>(null);
  readonly stop: TourStop | null = $derived(this.at === null ? null : (tourStops[this.at] ?? null));
  readonly #go: (route: Route) => void;

  constructor(go: (route: Route) => void) {
    this.#go = go;
  }

  start(): void {
    this.#to(0);
  }

  /** Goes to the next stop; after the last one the tour ends. */
  next(): void {
    if (this.at === null) return;
    if (this.at + 1 < tourStops.length) this.#to(this.at + 1);
    else this.leave();
  }

  back(): void {
    if (this.at !== null && this.at > 0) this.#to(this.at - 1);
  }

  leave(): void {
    this.at = null;
  }

  #to(at: number): void {
    this.at = at;
    const stop = tourStops[at];
    if (stop) this.#go(stop.route);
  }
}
