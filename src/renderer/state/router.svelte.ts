/** Which screen is shown. It lies in the address after `#`, so that back, forward and reload work in every host. */

export type Route =
  | { readonly view: 'train' }
  | { readonly view: 'runs' }
  | { readonly view: 'run'; readonly run: number }
  | { readonly view: 'settings' };

/** Anything that is not an address of ours is the first screen. */
export function parseRoute(hash: string): Route {
  const [, view, rest] = /^#\/(\w+)(?:\/(\d+))?$/.exec(hash) ?? [];
  if (view === 'runs') return rest === undefined ? { view: 'runs' } : { view: 'run', run: Number(rest) };
  if (view === 'settings' && rest === undefined) return { view: 'settings' };
  return { view: 'train' };
}

export function hrefOf(route: Route): string {
  return route.view === 'run' ? `#/runs/${route.run}` : `#/${route.view}`;
}

export class Router {
  route = $state.raw<Route>({ view: 'train' });
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.route = parseRoute(window.location.hash);
    window.addEventListener('hashchange', () => (this.route = parseRoute(window.location.hash)));
  }

  go(route: Route): void {
    this.#window.location.hash = hrefOf(route);
  }
}
