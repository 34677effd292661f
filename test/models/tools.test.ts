/**
 * Files as PyTorch, safetensors and PyTorch's ONNX exporters wrote them (scripts/runtimes/write.py): each comes in with
 * PyTorch's numbers, or is refused by what it is. `npm run test:runtimes` writes them anew for larger nets.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultOf, outcomeOf, writtenFolders } from './writtenFiles.ts';

const root = fileURLToPath(new URL('../vectors/models/tools', import.meta.url));
const files = writtenFolders(root).flatMap((written) => written.files.map((each) => ({ written, each })));

test.each(files)('$each.file', async ({ written, each }) => {
  expect(faultOf(each, await outcomeOf(written, each))).toBeNull();
});

test('nothing of the files that would run code has run', () => {
  // They would make this file in the folder that they are opened in.
  expect(existsSync('stride-pickle-ran')).toBe(false);
});

test('what was done on the way is said', async () => {
  const notes: Record<string, string> = {};
  for (const { written, each } of files) {
    const outcome = await outcomeOf(written, each);
    if ('notes' in outcome) notes[each.file] = outcome.notes.map(({ message }) => message).join('; ');
  }
  expect(notes['plain.pt']).toBe('');
  expect(notes['data-parallel.pt']).toContain('"module."');
  expect(notes['nested-prefix.pt']).toContain('"_orig_mod."');
  expect(notes['checkpoint.pt']).toContain('"model_state_dict"');
  expect(notes['half.pt']).toContain('F16');
  expect(notes['own-names.pt']).toContain('order');
  expect(notes['own-order.pt']).toContain('shapes');
  expect(notes['channels-last.onnx']).toContain('Softmax');
});
