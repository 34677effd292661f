import { expect, test } from 'vitest';
import { type Action, Actions, actionFor, menuOf } from './actions.svelte.ts';

const action = (id: string, changes: Partial<Action> = {}): Action => ({
  id,
  group: 'go',
  title: () => id,
  run: () => undefined,
  ...changes,
});
const press = (changes: Partial<KeyboardEvent> = {}) =>
  ({ isComposing: false, defaultPrevented: false, target: null, ...changes }) as KeyboardEvent;

test('a screen’s actions come and go with it; of two with one id the later counts', () => {
  const actions = new Actions(() => undefined);
  const leave = actions.register([action('go.runs'), action('go.train')]);
  const own = action('go.train', { group: 'train' });
  const leaveOwn = actions.register([own, action('train.start', { available: () => false })]);
  expect(actions.all.map(({ id }) => id)).toEqual(['go.runs', 'go.train', 'train.start']);
  expect(actions.all.find(({ id }) => id === 'go.train')).toBe(own);
  expect(actions.available.map(({ id }) => id)).toEqual(['go.runs', 'go.train']);
  leaveOwn();
  leave();
  expect(actions.all).toEqual([]);
});

test('what goes wrong is shown', async () => {
  const shown: unknown[] = [];
  const actions = new Actions((error) => shown.push(error));
  actions.run(
    action('a', {
      run: () => {
        throw new Error('at once');
      },
    }),
  );
  actions.run(action('b', { run: () => Promise.reject(new Error('later')) }));
  await new Promise((resolve) => setTimeout(resolve));
  expect(shown.map(String)).toEqual(['Error: at once', 'Error: later']);
});

test('a shared key is the last action’s that can be done; an input method’s and a used key are nobody’s', () => {
  const shared = [action('list'), action('screen'), action('not now', { available: () => false })];
  expect(actionFor(press(), shared)?.id).toBe('screen');
  expect(actionFor(press({ isComposing: true }), shared)).toBeUndefined();
  expect(actionFor(press({ defaultPrevented: true }), shared)).toBeUndefined();
});

test("a menu's entry is its action: what it shows, and what it runs", () => {
  const ran: string[] = [];
  const entry = menuOf(
    [
      {
        id: 'design.remove',
        group: 'design',
        title: () => 'Remove',
        keys: ['Delete', 'Backspace'],
        danger: true,
        run: () => undefined,
      },
    ],
    ({ id }) => ran.push(id),
  );
  const made = entry('design.remove', { label: 'Remove two' });
  expect(made).toMatchObject({ label: 'Remove two', keys: 'Delete', danger: true });
  made.onSelect();
  expect(ran).toEqual(['design.remove']);
  expect(() => entry('design.gone')).toThrow('there is no action design.gone');
});
