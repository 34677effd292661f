import { expect, test } from 'vitest';
import { Gate, cookieName, isLocalHost, isSameOrigin } from './gate.ts';

test('a token is 256 bits, opens once, and is not the session that it opens', () => {
  const gate = new Gate();
  const token = gate.issueToken();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(gate.knows(token)).toBe(false);
  const session = gate.openSession(token);
  expect(session).not.toBeNull();
  expect(session).not.toBe(token);
  expect(gate.knows(session)).toBe(true);
  expect(gate.openSession(token)).toBeNull();
  expect(gate.openSession(session)).toBeNull();
  expect(new Gate().knows(session)).toBe(false);
  for (const wrong of ['', session?.slice(1), `${session}=`, undefined, null, [session], 7]) {
    expect(gate.knows(wrong)).toBe(false);
    expect(gate.openSession(wrong)).toBeNull();
  }
});

test('a token with a time opens within it', () => {
  let now = 1000;
  const gate = new Gate({ now: () => now });
  const [one, other, lasting] = [gate.issueToken(60_000), gate.issueToken(60_000), gate.issueToken()];
  now += 60_000;
  expect(gate.openSession(one)).not.toBeNull();
  now += 1;
  expect(gate.openSession(other)).toBeNull();
  expect(gate.openSession(lasting)).not.toBeNull();
});

test('two servers on one host name have cookies of their own', () => {
  expect(cookieName(1000)).toMatch(/^stride_[0-9a-f]{12}$/);
  expect(cookieName(1000)).toBe(cookieName(1000));
  expect(cookieName(1000)).not.toBe(cookieName(1001));
});

test('which hosts are this machine', () => {
  for (const host of ['127.0.0.1', 'localhost:1', '[::1]:65535', 'LocalHost:80'])
    expect(isLocalHost(host)).toBe(true);
  for (const host of [
    undefined,
    '',
    '0.0.0.0',
    '127.0.0.2',
    '::1',
    'localhost.',
    'localhost:1:2',
    'localhost:x',
    'x.localhost',
  ])
    expect(isLocalHost(host)).toBe(false);
});

test('an origin is the same with scheme, name and port', () => {
  expect(isSameOrigin('http://localhost:80', 'LOCALHOST:80')).toBe(true);
  expect(isSameOrigin('https://localhost:80', 'localhost:80')).toBe(false);
  expect(isSameOrigin('http://localhost', 'localhost:80')).toBe(false);
  expect(isSameOrigin(undefined, 'localhost')).toBe(false);
});
