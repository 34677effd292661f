/** Finds PyTorch, if installed, and prepares MNIST in torchvision's form. Nothing is downloaded. */
import { execFile } from 'node:child_process';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { openDataset } from '../../src/main/datasets/index.ts';
import type { DataFile } from '../../src/shared/datasets/dataset.ts';
import type { Extent } from './messages.ts';

/**
 * Returns the Python with torch and torchvision that `TORCH_PYTHON` names, otherwise `python3`, or the reason
 * why there is none.
 */
export async function findTorch(): Promise<{ python: string } | { missing: string }> {
  const named = process.env['TORCH_PYTHON'];
  const python = named || 'python3';
  try {
    await promisify(execFile)(python, ['-c', 'import torch, torchvision'], { timeout: 120_000 });
    return { python };
  } catch (error) {
    const { stderr = '', code } = error as { stderr?: string; code?: unknown };
    const reason =
      code === 'ENOENT' ? 'not found' : (stderr.trim().split('\n').at(-1) ?? '') || 'it does not answer';
    const hint = named ? 'TORCH_PYTHON' : 'TORCH_PYTHON can name a Python with torch and torchvision';
    return { missing: `PyTorch was left out: ${python}: ${reason} (${hint})` };
  }
}

/** Fills `root` with links to the data set's files, or with their first images if not all are wanted. */
export async function makeTorchvisionRoot(root: string, extent: Extent): Promise<void> {
  const { files } = await openDataset('mnist');
  const raw = join(root, 'MNIST', 'raw');
  await mkdir(raw, { recursive: true });
  const parts = [
    { part: files.train, count: extent.trainImages },
    { part: files.test, count: extent.testImages },
  ];
  for (const { part, count } of parts) {
    for (const file of [part.images, part.labels]) {
      const target = join(raw, basename(file.path));
      if (count === file.count) await symlink(file.path, target);
      else await writeFile(target, await shortened(file, count, file === part.images ? 28 * 28 : 1));
    }
  }
}

/** Returns the file's header with another count (bytes 4 to 7) and that many items. */
async function shortened({ path, offset }: DataFile, count: number, itemBytes: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(offset + count * itemBytes);
    await file.read(bytes, 0, bytes.length, 0);
    bytes.writeUInt32BE(count, 4);
    return bytes;
  } finally {
    await file.close();
  }
}
