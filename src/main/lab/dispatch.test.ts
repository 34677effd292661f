import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CallMessage, CallName } from '../../shared/api/api.ts';
import { Problem } from '../../shared/base/problem.ts';
import { type Handlers, createDispatcher } from './dispatch.ts';

/** These handlers return every call's request, with some exceptions. */
const handlers = new Proxy({} as Handlers, {
  get: (_, name) => (request: unknown) => {
    if (name === 'runs.stop') throw new Problem('run.unknown', 'there is no run 1', { run: 1 });
    if (name === 'runs.pause') throw new Error('a mistake');
    return request;
  },
});
const dispatcher = createDispatcher(handlers);
const ask = (name: string, request: unknown) => dispatcher.dispatch({ kind: 'call', id: 3, name, request });

afterEach(() => vi.restoreAllMocks());

test('a call is answered under its number, its defaults filled in', async () => {
  expect(await ask('runs.list', {})).toEqual({ kind: 'reply', id: 3, reply: { limit: 100, offset: 0 } });
  expect(await dispatcher.call('runs.batchLosses', { run: 2 })).toEqual({ run: 2, from: 0 });
});

describe('what is wrong is said', () => {
  test.each([
    ['runs.lists', {}, 'call.unknown', 'there is no call "runs.lists"; there is app.info, '],
    ['constructor', {}, 'call.unknown', 'there is no call "constructor"'],
    ['runs.list', undefined, 'call.invalid', 'the request must be an object'],
    ['runs.list', { limit: 0 }, 'call.invalid', 'limit must be at least 1'],
    ['runs.list', { limits: 5 }, 'call.invalid', 'limits'],
    ['runs.get', { run: '1' }, 'call.invalid', 'run must be a number'],
    ['runs.get', { run: 1.5 }, 'call.invalid', 'run must be a whole number'],
    ['runs.start', { runs: [] }, 'call.invalid', 'runs must not be empty'],
    ['runs.start', { runs: [{ network: { name: 'a' } }] }, 'network.invalid', 'input is missing'],
  ])('%s %j', async (name, request, code, message) => {
    const answer = await ask(name, request);
    expect(answer).toMatchObject({ kind: 'problem', id: 3, problem: { code } });
    expect(answer.kind === 'problem' && answer.problem.message).toContain(message);
  });

  test("a network's errors name the layer, a setting's the setting", async () => {
    const network = {
      name: 'a',
      input: { height: 4, width: 4, channels: 1 },
      layers: [{ type: 'flatten' }, { type: 'linear', unit: 2 }],
    };
    const run = { network, settings: { epochs: 0 } };
    expect(await ask('runs.start', { runs: [run] })).toMatchObject({
      problem: {
        code: 'network.invalid',
        message: expect.stringContaining('layer 2 (linear): units is missing'),
      },
    });
    network.layers.pop();
    expect(await ask('runs.start', { runs: [run] })).toMatchObject({
      problem: { code: 'call.invalid', parameters: { field: 'runs[0].settings.epochs' } },
    });
  });

  test('a problem of the lab, and a mistake in it', async () => {
    expect(await ask('runs.stop', { run: 1 })).toEqual({
      kind: 'problem',
      id: 3,
      problem: { code: 'run.unknown', message: 'there is no run 1', parameters: { run: 1 } },
    });
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await ask('runs.pause', { run: 1 })).toMatchObject({
      problem: { code: 'internal', message: 'a mistake' },
    });
    expect(log).toHaveBeenCalledOnce();
  });

  test.each([null, 5, {}, { kind: 'call', id: 'x', name: 'app.info' }, { kind: 'reply', id: 1 }])(
    'a message that is no call: %j',
    async (message) => {
      expect(await dispatcher.dispatch(message as unknown as CallMessage)).toMatchObject({
        kind: 'problem',
        problem: { code: 'call.message' },
      });
    },
  );

  test('in the same process, a problem is thrown', async () => {
    await expect(dispatcher.call('runs.list', { limit: 0 })).rejects.toBeInstanceOf(Problem);
    await expect(dispatcher.call('nothing' as CallName, {})).rejects.toMatchObject({ code: 'call.unknown' });
  });
});
