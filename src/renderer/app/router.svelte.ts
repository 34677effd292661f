/**
 * The screen that is shown, and its query: a screen's filters and choices. Both are in the address after `#`, so that
 * back, forward and reload work in every host. A screen that is left and reopened from the side bar keeps its query.
 */

export type Route =
  | { readonly view: 'welcome' }
  /** `network` is the id of a preset or of a saved net; without it, the net that was last edited. */
  | { readonly view: 'design'; readonly network?: string }
  | { readonly view: 'train' }
  | { readonly view: 'runs' }
  | { readonly view: 'run'; readonly run: number }
  /** The compared runs in the order of their selection; empty while they are still to be chosen. */
  | { readonly view: 'compare'; readonly runs: readonly number[] }
  /** The run that is inspected, or two that are inspected side by side; empty while they are still to be chosen. */
  | { readonly view: 'inspect'; readonly runs: readonly number[] }
  | { readonly view: 'sweeps' }
  | { readonly view: 'data' }
  | { readonly view: 'sweep'; readonly sweep: number }
  | { readonly view: 'settings' };

/** Number of nets that can be inspected side by side. */
export const mostInspected = 2;

export type Query = Readonly<Record<string, string>>;

/** The screens with an entry in the side bar. */
export const doors = ['design', 'train', 'runs', 'sweeps', 'compare', 'inspect', 'data', 'settings'] as const;
export type Door = (typeof doors)[number];

/** Parses an address; any unknown one leads to the bench. */
export function parseRoute(hash: string): Route {
  const [path = ''] = hash.replace(/^#/, '').split('?');
  const [, view, rest] = /^\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (view === 'runs' && rest === undefined) return { view: 'runs' };
  if (view === 'runs' && rest !== undefined && /^[1-9]\d*$/.test(rest))
    return { view: 'run', run: Number(rest) };
  if (view === 'compare') return { view, runs: runNumbers(rest) };
  if (view === 'inspect') return { view, runs: runNumbers(rest).slice(0, mostInspected) };
  if (view === 'sweeps' && rest === undefined) return { view: 'sweeps' };
  if (view === 'sweeps' && rest !== undefined && /^[1-9]\d*$/.test(rest))
    return { view: 'sweep', sweep: Number(rest) };
  if (view === 'design') return rest === undefined ? { view } : { view, network: decode(rest) };
  if ((view === 'settings' || view === 'welcome' || view === 'data') && rest === undefined) return { view };
  return { view: 'train' };
}

export function parseQuery(hash: string): Query {
  const at = hash.indexOf('?');
  return at < 0 ? {} : Object.fromEntries(new URLSearchParams(hash.slice(at + 1)));
}

/** Returns the address of a route; empty parameters are left out. */
export function hrefOf(route: Route, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const parameters = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
  return `#/${pathOf(route)}${parameters}`;
}

/** Returns the side bar's entry for a route: a run's page belongs to the list of runs, a sweep's to that of sweeps. */
export function doorOf(route: Route): Door | null {
  if (route.view === 'run') return 'runs';
  if (route.view === 'sweep') return 'sweeps';
  return route.view === 'welcome' ? null : route.view;
}

function pathOf(route: Route): string {
  if (route.view === 'run') return `runs/${route.run}`;
  if (route.view === 'sweep') return `sweeps/${route.sweep}`;
  if (route.view === 'design' && route.network !== undefined)
    return `design/${encodeURIComponent(route.network)}`;
  if ((route.view === 'compare' || route.view === 'inspect') && route.runs.length > 0)
    return `${route.view}/${route.runs.join(',')}`;
  return route.view;
}

/** Parses run numbers separated by commas; anything else gives an empty list, so that runs are still to be chosen. */
function runNumbers(rest = ''): number[] {
  const numbers = rest === '' ? [] : decode(rest).split(',');
  const valid = numbers.every((each) => /^[1-9]\d*$/.test(each));
  return valid ? [...new Set(numbers.map(Number))] : [];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export class Router {
  /** The object stays the same as long as the screen does, whatever its query. */
  route = $state.raw<Route>({ view: 'train' });
  query = $state.raw<Query>({});
  /** The address at which each screen of the side bar was left. */
  #left = $state.raw<Readonly<Partial<Record<Door, string>>>>({});
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#follow();
    window.addEventListener('hashchange', () => {
      this.#follow();
    });
  }

  /** True if the address names no screen, as at the program's start. */
  get unaddressed(): boolean {
    return /^#?\/?$/.test(this.#window.location.hash);
  }

  /**
   * Returns the address of a screen in the side bar. From a run's page, the entry of the runs leads back to the list.
   */
  doorHref(door: Door): string {
    return (
      this.#left[door] ??
      hrefOf(door === 'compare' || door === 'inspect' ? { view: door, runs: [] } : { view: door })
    );
  }

  go(route: Route, query: Query = {}): void {
    this.#window.location.hash = hrefOf(route, query);
  }

  /** Replaces the current address, so that the browser's back does not lead to it. */
  replace(route: Route, query: Query = {}): void {
    const { history, location } = this.#window;
    history.replaceState(history.state, '', `${location.pathname}${location.search}${hrefOf(route, query)}`);
    this.#follow();
  }

  /**
   * Changes parameters of the current screen; an empty text removes one. Adds no entry to the browser's history unless
   * `step` is set.
   */
  setQuery(changes: Query, { step = false }: { step?: boolean } = {}): void {
    const query = { ...this.query, ...changes };
    if (step) this.go(this.route, query);
    else this.replace(this.route, query);
  }

  #follow(): void {
    const { hash } = this.#window.location;
    const route = parseRoute(hash);
    if (hrefOf(route) !== hrefOf(this.route)) this.route = route;
    this.query = parseQuery(hash);
    if (
      route.view === 'design' ||
      route.view === 'train' ||
      route.view === 'runs' ||
      route.view === 'compare' ||
      route.view === 'inspect'
    )
      this.#left = { ...this.#left, [route.view]: hrefOf(route, this.query) };
  }
}
