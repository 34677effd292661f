import { expect, test } from 'vitest';
import { Gate, cookieName, isLocalHost, isSameOrigin } from './gate.ts';

test('a token is 256 bits, and another for each gate', () => {
  const gate = new Gate();
  expect(Buffer.from(gate.token, 'base64url')).toHaveLength(32);
  expect(new Gate().token).not.toBe(gate.token);
  expect(gate.accepts(gate.token)).toBe(true);
  for (const wrong of ['', gate.token.slice(1), `${gate.token}=`, undefined, null, [gate.token], 7]) {
    expect(gate.accepts(wrong)).toBe(false);
  }
});

test('a ticket opens once and within a minute', () => {
  let now = 1000;
  const gate = new Gate({ now: () => now });
  const [one, other] = [gate.issueTicket(), gate.issueTicket()];
  expect(gate.accepts(one)).toBe(false);
  now += 60_000;
  expect(gate.takeTicket(one)).toBe(true);
  expect(gate.takeTicket(one)).toBe(false);
  now += 1;
  expect(gate.takeTicket(other)).toBe(false);
  expect(gate.takeTicket(undefined)).toBe(false);
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
