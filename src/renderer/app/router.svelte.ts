/**
 * Which screen is shown, and with what on it: a screen's filters and choices are its query. Both lie in the address after
 * `#`, so that back, forward and reload work in every host. A screen that is left and come back to through its door
 * in the side bar is as it was.
 */

export type Route =
  | { readonly view: 'welcome' }
  /** `network` is the id of a preset or of a saved net; without it, what was last worked on. */
  | { readonly view: 'design'; readonly network?: string }
  | { readonly view: 'train' }
  | { readonly view: 'runs' }
  | { readonly view: 'run'; readonly run: number }
  /** The runs that are compared, in the order in which they were chosen; none where they are still to be chosen. */
  | { readonly view: 'compare'; readonly runs: readonly number[] }
  /** One net that is looked into, or two in step; none where they are still to be chosen. */
  | { readonly view: 'inspect'; readonly runs: readonly number[] }
  | { readonly view: 'sweeps' }
  | { readonly view: 'data' }
  | { readonly view: 'sweep'; readonly sweep: number }
  | { readonly view: 'settings' };

/** Nets that are looked into in step. */
export const mostInspected = 2;

export type Query = Readonly<Record<string, string>>;

/** The screens that the side bar leads to. */
export const doors = ['design', 'train', 'runs', 'sweeps', 'compare', 'inspect', 'data', 'settings'] as const;
export type Door = (typeof doors)[number];

/** Anything that is not an address of ours is the bench. */
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

/** Parameters that are empty are left out. */
export function hrefOf(route: Route, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const parameters = given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
  return `#/${pathOf(route)}${parameters}`;
}

/** A run's page lies behind the list of runs, a sweep's behind that of sweeps. */
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

/** Runs' numbers with commas between; of anything else there are none, and runs are still to be chosen. */
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
  /** The same object for as long as the screen is the same, whatever its query does. */
  route = $state.raw<Route>({ view: 'train' });
  query = $state.raw<Query>({});
  /** Where each door leads: to the screen as it was left. */
  #left = $state.raw<Readonly<Partial<Record<Door, string>>>>({});
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    this.#follow();
    window.addEventListener('hashchange', () => {
      this.#follow();
    });
  }

  /** True where the address says nothing, as at the program's start. */
  get unaddressed(): boolean {
    return /^#?\/?$/.test(this.#window.location.hash);
  }

  /** The address behind a door. From a run's page the door to the runs leads back to the list. */
  doorHref(door: Door): string {
    return (
      this.#left[door] ??
      hrefOf(door === 'compare' || door === 'inspect' ? { view: door, runs: [] } : { view: door })
    );
  }

  go(route: Route, query: Query = {}): void {
    this.#window.location.hash = hrefOf(route, query);
  }

  /** Instead of the address of now, so that the way back does not lead to it. */
  replace(route: Route, query: Query = {}): void {
    const { history, location } = this.#window;
    history.replaceState(history.state, '', `${location.pathname}${location.search}${hrefOf(route, query)}`);
    this.#follow();
  }

  /** Changes parameters of the screen of now; an empty text removes one. Leaves no step in the way back unless asked. */
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
