import { expect, test } from 'vitest';
import { type Route, Router, hrefOf, parseQuery, parseRoute } from './router.svelte.ts';

test.each<Route>([
  { view: 'welcome' },
  { view: 'design' },
  { view: 'design', network: 'course' },
  { view: 'design', network: 'mein Netz/2?' },
  { view: 'train' },
  { view: 'runs' },
  { view: 'run', run: 12 },
  { view: 'compare', runs: [] },
  { view: 'compare', runs: [3, 1] },
  { view: 'inspect', runs: [] },
  { view: 'inspect', runs: [7, 2] },
  { view: 'settings' },
])('an address leads back to its screen, with and without a query: %j', (route) => {
  expect(parseRoute(hrefOf(route))).toEqual(route);
  const href = hrefOf(route, { filter: 'accuracy > 98 & "a"', empty: '' });
  expect(parseRoute(href)).toEqual(route);
  expect(parseQuery(href)).toEqual({ filter: 'accuracy > 98 & "a"' });
});

test.each(['', '#', '#/nowhere', '#/runs/x', '#/runs/0', '#/settings/3', '#/train/1', '#/welcome/1'])(
  '%s is the bench',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'train' });
  },
);

/** A window with an address that reports its changes. */
function fakeWindow(hash: string) {
  let changed: () => void = () => undefined;
  let at = hash;
  const steps = [hash];
  const location = {
    pathname: '/',
    search: '',
    get hash() {
      return at;
    },
    set hash(next: string) {
      at = next;
      steps.push(next);
      changed();
    },
  };
  const history = {
    state: null,
    replaceState: (_state: unknown, _title: string, url: string) => {
      at = url.slice(url.indexOf('#'));
      steps[steps.length - 1] = at;
    },
  };
  const addEventListener = (_name: string, listener: () => void) => (changed = listener);
  return { window: { location, history, addEventListener } as unknown as Window, steps };
}

test('a query changes in place, and the route stays the same object', () => {
  const { window, steps } = fakeWindow('#/runs?filter=net:course');
  const router = new Router(window);
  const { route } = router;
  router.setQuery({ sort: 'loss' });
  expect(router.route).toBe(route);
  expect(router.query).toEqual({ filter: 'net:course', sort: 'loss' });
  router.setQuery({ filter: '' }, { step: true });
  expect(router.query).toEqual({ sort: 'loss' });
  expect(steps).toEqual(['#/runs?filter=net%3Acourse&sort=loss', '#/runs?sort=loss']);
});

test('a door leads to its screen as it was left; from a run, to the list', () => {
  const { window } = fakeWindow('#/runs?sort=loss');
  const router = new Router(window);
  router.go({ view: 'run', run: 3 });
  router.go({ view: 'design', network: 'homework' });
  router.go({ view: 'settings' });
  expect(router.doorHref('runs')).toBe('#/runs?sort=loss');
  expect(router.doorHref('design')).toBe('#/design/homework');
  expect(router.doorHref('train')).toBe('#/train');
});

test('the first screen can be chosen without a step in the way back', () => {
  const { window, steps } = fakeWindow('');
  const router = new Router(window);
  expect(router.unaddressed).toBe(true);
  router.replace({ view: 'welcome' });
  expect([router.route, router.unaddressed]).toEqual([{ view: 'welcome' }, false]);
  expect(steps).toEqual(['#/welcome']);
});
