import { expect, test } from 'vitest';
import { type Route, hrefOf, parseRoute } from './router.svelte.ts';

test.each<Route>([{ view: 'train' }, { view: 'runs' }, { view: 'run', run: 12 }, { view: 'settings' }])(
  'an address leads back to its screen: $view',
  (route) => {
    expect(parseRoute(hrefOf(route))).toEqual(route);
  },
);

test.each(['', '#', '#/nowhere', '#/runs/x', '#/settings/3', '#/train/1'])(
  '%s is the first screen',
  (hash) => {
    expect(parseRoute(hash)).toEqual({ view: 'train' });
  },
);
