/** TensorFlow's two lines about oneDNN are left out of stderr; all else passes as it comes, unfinished lines too. */
import { expect, it } from 'vitest';
import { NoteFilter } from '../scripts/setup/native-notes.mjs';

async function filtered(...chunks: (string | Buffer)[]): Promise<string> {
  const filter = new NoteFilter();
  for (const chunk of chunks) filter.write(chunk);
  filter.end();
  let out = '';
  for await (const chunk of filter) out += String(chunk);
  return out;
}

const note = 'I0000 00:00:1795568841.6 24901 port.cc:153] oneDNN custom operations are on. You may see\n';
const warning = 'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n';

it('leaves the notes out, in whatever pieces they come', async () => {
  expect(await filtered(`a\n${warning}${note}b\n`)).toBe('a\nb\n');
  expect(await filtered('a\nWARN', warning.slice(4), note.slice(0, 9), note.slice(9), 'b')).toBe('a\nb');
});

it('passes other lines, and the unfinished one at once', async () => {
  expect(await filtered('epoch 1 ', '50 %\r', 'WARNING: disk full\n')).toBe(
    'epoch 1 50 %\rWARNING: disk full\n',
  );
  const filter = new NoteFilter();
  filter.write('50 %');
  expect(String(filter.read())).toBe('50 %');
});

it('does not break a character that comes in two pieces', async () => {
  const bytes = Buffer.from('训练\n');
  expect(await filtered(bytes.subarray(0, 4), bytes.subarray(4))).toBe('训练\n');
});
