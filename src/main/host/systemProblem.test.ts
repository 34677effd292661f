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

test.each([
  ['EPIPE', null],
  ['ENOSPC', 'ENOSPC'],
  ['EDQUOT', 'EDQUOT'],
])('output that ends by %s ends what is printed, and nothing by a stack trace', (code, full) => {
  const stream = new EventEmitter();
  const broken: (string | null)[] = [];
  onBrokenOutput(stream, (why) => broken.push(why));
  stream.emit('error', Object.assign(new Error(code), { code }));
  expect(broken).toEqual([full]);
});
