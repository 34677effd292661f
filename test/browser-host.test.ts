// The browser host as others see it: a real server, real HTTP, real WebSockets, a stand-in lab.
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LabServer, startServer } from '../src/main/browser/server.ts';
import { decodeMessage, encodeMessage, labEndedCode } from '../src/shared/base/codec.ts';
import { StandInLab, runSummary } from './support/standInLab.ts';
import { type Answer, getFrom } from './support/http.ts';

let folder: string;
let lab: StandInLab;
let server: LabServer;
let warnings: string[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stride-browser-host-'));
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>the window</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'index-0a1b.js'), 'export {};');
  writeFileSync(join(folder, 'renderer', '.hidden'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  lab = new StandInLab({
    'presets.list': () => [],
    'runs.batchLosses': () => ({ from: 0, losses: Float32Array.of(0.5, 0.25), clock: [] }),
  });
  warnings = [];
  server = await startServer({
    service: lab,
    renderer: join(folder, 'renderer'),
    port: 0,
    warn: (text) => warnings.push(text),
  });
});
afterEach(async () => {
  await server.close();
  expect(warnings).toEqual([]);
});

const get = (path: string, headers?: Record<string, string>, method?: string) =>
  getFrom(server.port, path, headers, method);

const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;
const tokenPath = () => pathOf(server.newUrl());
const cookieOf = ({ headers }: Answer) => headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '';
const signIn = async () => cookieOf(await get(tokenPath()));

describe('the door', () => {
  test('the printed address gives a cookie that scripts cannot read and goes on to the window', async () => {
    expect(server.newUrl()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
    const first = await get(tokenPath());
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(first.headers['set-cookie']).toHaveLength(1);
    expect(first.headers['set-cookie']![0]).toMatch(
      /^stride_[0-9a-f]{12}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    const window = await get('/', { Cookie: cookieOf(first) });
    expect(window.status).toBe(200);
    expect(window.body).toContain('the window');
    expect(await get('/?token=yesterdays', { Cookie: cookieOf(first) })).toMatchObject({ status: 303 });
  });

  test.each([
    ['no token', '/', {}],
    ['a wrong token', `/?token=${'A'.repeat(43)}`, {}],
    ['an empty token', '/?token=', {}],
    ['two tokens', '/?token=a&token=b', {}],
    ['a wrong cookie', '/', { Cookie: `stride_000000000000=${'A'.repeat(43)}` }],
    ['a file without a cookie', '/assets/index-0a1b.js', {}],
    ['what is not there, without a cookie', '/nothing', {}],
  ])('%s: 403, in plain words and both languages', async (_what, path, headers: Record<string, string>) => {
    const answer = await get(path, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body).toContain('open that whole address once');
    expect(answer.body).toContain('请完整打开该地址一次');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('the token opens by GET only', async () => {
    for (const method of ['HEAD', 'POST', 'PUT']) {
      expect(await get(tokenPath(), {}, method)).toMatchObject({ status: 403 });
    }
  });

  test('an address opens one browser, once; what is in the cookie opens nothing as an address', async () => {
    const path = tokenPath();
    const first = await get(path);
    expect(await get('/', { Cookie: cookieOf(first) })).toMatchObject({ status: 200 });
    expect(await get(path)).toMatchObject({ status: 403 });
    expect(await get(path, { Cookie: cookieOf(first) })).toMatchObject({ status: 303 });
    const [, session] = cookieOf(first).split('=');
    expect(path).not.toContain(session);
    expect(await get(`/?token=${session}`)).toMatchObject({ status: 403 });
    const [name] = cookieOf(first).split('=');
    const Cookie = `${name}=${new URL(server.newUrl()).searchParams.get('token')}`;
    expect(await get('/', { Cookie })).toMatchObject({ status: 403 });
  });

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '192.168.1.2',
  ])('Host "%s" is refused, with token or cookie', async (host) => {
    const Cookie = await signIn();
    for (const answer of [await get(tokenPath(), { Host: host }), await get('/', { Host: host, Cookie })]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('127.0.0.1');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test("the machine's own names are accepted, on any port: a tunnel's other end has its own", async () => {
    const Cookie = await signIn();
    for (const host of ['localhost:1234', '127.0.0.1:8888', '[::1]:99', 'LOCALHOST']) {
      expect(await get('/', { Host: host, Cookie })).toMatchObject({ status: 200 });
    }
  });

  test('an Origin must be that of the Host', async () => {
    const Cookie = await signIn();
    const Host = 'localhost:1234';
    expect(await get('/', { Host, Cookie, Origin: 'http://localhost:1234' })).toMatchObject({ status: 200 });
    for (const Origin of ['http://localhost:4321', 'https://localhost:1234', 'http://evil.example', 'null']) {
      expect(await get('/', { Host, Cookie, Origin })).toMatchObject({ status: 403 });
    }
  });

  test('every answer forbids framing, sniffing and referrers; the page may load only its own', async () => {
    const Cookie = await signIn();
    const page = await get('/', { Cookie });
    expect(page.headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self';",
    );
    expect(page.headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${server.port};`,
    );
    for (const answer of [
      page,
      await get('/'),
      await get('/none', { Cookie }),
      await get('/', { Host: 'evil.example' }),
    ]) {
      expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(answer.headers['x-content-type-options']).toBe('nosniff');
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
    }
  });
});

describe('the files', () => {
  test('are served with their types; those with a hash in their names may be kept', async () => {
    const Cookie = await signIn();
    const script = await get('/assets/index-0a1b.js', { Cookie });
    expect(script.headers['content-type']).toMatch(/^(text|application)\/javascript/);
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await get('/', { Cookie })).headers['cache-control']).toBe('no-store');
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/..%252fsecret.txt',
    '//secret.txt',
    '/.hidden',
    '/assets/',
    '/index.html%00.js',
  ])('nothing outside of the folder: %s', async (path) => {
    const answer = await get(path, { Cookie: await signIn() });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).not.toMatch(/secret|hidden/);
  });

  test('a window that was not built is said so', async () => {
    const start = startServer({
      service: lab,
      renderer: join(folder, 'nowhere'),
      port: 0,
      warn: () => undefined,
    });
    await expect(start).rejects.toThrow('the window is not built');
  });

  test('a taken port is said so', async () => {
    const start = startServer({
      service: lab,
      renderer: join(folder, 'renderer'),
      port: server.port,
      warn: () => undefined,
    });
    await expect(start).rejects.toThrow(`port ${server.port} is taken`);
  });
});

describe('the WebSocket', () => {
  // Node's WebSocket takes headers, which a browser's does not: here the test is the browser.
  type Headers = Record<string, string>;
  const NodeWebSocket = WebSocket as unknown as new (url: string, options: { headers: Headers }) => WebSocket;

  const origin = () => `http://127.0.0.1:${server.port}`;
  const dial = (headers: Headers) => {
    const socket = new NodeWebSocket(`ws://127.0.0.1:${server.port}/lab`, { headers });
    socket.binaryType = 'arraybuffer';
    return socket;
  };
  const connected = async () => {
    const socket = dial({ Cookie: await signIn(), Origin: origin() });
    await once(socket, 'open');
    return socket;
  };
  const next = async (socket: WebSocket) => {
    const [event] = (await once(socket, 'message')) as [{ data: ArrayBuffer }];
    return decodeMessage(event.data);
  };

  test('carries calls and their answers, floats as floats', async () => {
    const socket = await connected();
    socket.send(encodeMessage({ kind: 'call', id: 3, name: 'runs.batchLosses', request: { run: 1 } }));
    expect(await next(socket)).toEqual({
      kind: 'reply',
      id: 3,
      reply: { from: 0, losses: Float32Array.of(0.5, 0.25), clock: [] },
    });
    socket.close();
  });

  test('carries events to every window', async () => {
    const sockets = [await connected(), await connected()];
    const heard = Promise.all(sockets.map(next));
    const payload = runSummary();
    lab.emit('run.changed', payload);
    const event = { kind: 'event', name: 'run.changed', payload };
    expect(await heard).toEqual([event, event]);
    for (const socket of sockets) socket.close();
  });

  test('answers bad messages, and goes on', async () => {
    const socket = await connected();
    socket.send(encodeMessage({ kind: 'call', id: 4, name: 'no.such', request: {} }));
    expect(await next(socket)).toMatchObject({ kind: 'problem', id: 4, problem: { code: 'call.unknown' } });
    socket.send(encodeMessage({ kind: 'call', id: 5 }));
    expect(await next(socket)).toMatchObject({
      kind: 'problem',
      id: 5,
      problem: { code: 'transport.message' },
    });
    socket.send(encodeMessage('nonsense'));
    expect(await next(socket)).toMatchObject({
      kind: 'problem',
      id: 0,
      problem: { code: 'transport.message' },
    });
    socket.send(encodeMessage({ kind: 'call', id: 6, name: 'presets.list', request: {} }));
    expect(await next(socket)).toEqual({ kind: 'reply', id: 6, reply: [] });
    socket.close();
  });

  test.each([
    ['text', '{"kind":"call"}', 1007],
    ['bytes that are no MessagePack', new Uint8Array([0xc1]), 1007],
    ['a message of five megabytes', new Uint8Array(5 * 2 ** 20), 1009],
  ])('%s ends that connection', async (_what, data, code) => {
    const socket = await connected();
    socket.send(data);
    const [event] = (await once(socket, 'close')) as [{ code: number }];
    expect(event.code).toBe(code);
  });

  /** The status that an upgrade is answered with: 101 where it is granted. */
  const upgrade = (headers: Headers, path = '/lab') =>
    new Promise<number>((resolve, reject) => {
      const handshake = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      };
      // A connection of its own: the server ends one whose upgrade it has refused.
      const options = { host: '127.0.0.1', port: server.port, path, agent: false };
      const asked = request({ ...options, headers: { ...handshake, ...headers } });
      asked.on('error', reject);
      asked.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.on('upgrade', (_response, socket) => {
        socket.destroy();
        resolve(101);
      });
      asked.end();
    });

  test('is granted to the window only', async () => {
    const Cookie = await signIn();
    expect(await upgrade({ Cookie, Origin: origin() })).toBe(101);
    const Host = 'localhost:1234';
    expect(await upgrade({ Cookie, Host, Origin: `http://${Host}` })).toBe(101);

    expect(await upgrade({ Origin: origin() })).toBe(403);
    expect(await upgrade({ Origin: origin() }, tokenPath().replace('/?', '/lab?'))).toBe(403);
    expect(await upgrade({ Cookie })).toBe(403);
    for (const Origin of [
      'http://evil.example',
      'null',
      `http://localhost:${server.port}`,
      `https://127.0.0.1:${server.port}`,
    ]) {
      expect(await upgrade({ Cookie, Origin })).toBe(403);
    }
    expect(await upgrade({ Cookie, Host: 'evil.example', Origin: 'http://evil.example' })).toBe(403);
  });

  test('is at its own path only', async () => {
    const Cookie = await signIn();
    for (const path of ['/', '/nothing', '/lab/', '/labs', '/assets/index-0a1b.js']) {
      expect(await upgrade({ Cookie, Origin: origin() }, path)).toBe(404);
    }
    expect(lab.asked).toEqual([]);
  });

  test('when the host ends, windows hear that it was meant', async () => {
    const socket = await connected();
    const closed = once(socket, 'close') as Promise<[{ code: number }]>;
    await server.close();
    expect((await closed)[0].code).toBe(labEndedCode);
  });
});
