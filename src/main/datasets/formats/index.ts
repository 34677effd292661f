/** The formats in the order in which they are tried: those first whose files say most clearly what they are. */
import type { Format } from './format.ts';
import { idxFormat } from './idx.ts';

export const formats: readonly Format[] = [idxFormat];
