/**
 * Writes the small net whose files write.py stores as test vectors: `node scripts/runtimes/smallNet.ts
 * <folder>`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpz } from '../../src/main/export/npz/index.ts';
import { encodePyTorch } from '../../src/main/export/pytorch/index.ts';
import { drawnModel, smallNet } from '../../test/models/support.ts';

const own = join(process.argv[2] ?? '', 'small');
const model = drawnModel(smallNet);
mkdirSync(own, { recursive: true });
for (const { path, bytes } of [...encodePyTorch(model).files, ...encodeNpz(model).files])
  writeFileSync(join(own, path), bytes);
