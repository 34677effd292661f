import { expect, test } from 'vitest';
import { onBrokenOutput } from './brokenOutput.ts';
import { EventEmitter } from 'node:events';
import { systemProblem } from './systemProblem.ts';

const refused = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error('message'), { code, syscall, ...(path && { path }) });

test.each([
  [refused('ENOENT', 'uv_cwd'), 'system.folder-gone'],
  [refused('EMFILE', 'open', '/a'), 'system.too-many-files'],
  [refused('EACCES', 'open', '/a'), 'system.refused'],
])('%s', (error, code) => {
  expect(systemProblem(error)).toMatchObject({ name: 'Problem', code });
});

test('a mistake in the program stays one', () => {
  expect(systemProblem(new TypeError('x is not a function'))).toBeNull();
  expect(systemProblem('text')).toBeNull();
});

test.each(['EPIPE', 'ENOSPC', 'EDQUOT'])(
  'output that ends by %s ends what is printed, and nothing by a stack trace',
  (code) => {
    const stream = new EventEmitter();
    let broken = 0;
    onBrokenOutput(stream, () => (broken += 1));
    stream.emit('error', Object.assign(new Error(code), { code }));
    expect(broken).toBe(1);
  },
);
