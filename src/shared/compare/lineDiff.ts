/** Compares two texts line by line: the longest common subsequence of lines stays, the others were removed or added. */

export interface DiffLine {
  readonly kind: 'same' | 'onlyA' | 'onlyB';
  readonly text: string;
}

export function diffLines(a: string, b: string): DiffLine[] {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const width = right.length + 1;
  const longest = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        left[i] === right[j]
          ? (longest[(i + 1) * width + j + 1] as number) + 1
          : Math.max(longest[(i + 1) * width + j] as number, longest[i * width + j + 1] as number);
    }
  }
  const lines: DiffLine[] = [];
  for (let i = 0, j = 0; i < left.length || j < right.length;) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ kind: 'same', text: left[i] as string });
      i += 1;
      j += 1;
    } else if (
      j >= right.length ||
      (i < left.length && (longest[(i + 1) * width + j] as number) >= (longest[i * width + j + 1] as number))
    ) {
      lines.push({ kind: 'onlyA', text: left[i] as string });
      i += 1;
    } else {
      lines.push({ kind: 'onlyB', text: right[j] as string });
      j += 1;
    }
  }
  return lines;
}
