/** Calls for comparisons that are kept under a name. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { RunBook } from '../runs/runBook.ts';

export function comparisonCalls(book: RunBook) {
  const { comparisons } = book.history;
  return {
    'comparisons.list': (): CallReply<'comparisons.list'> => comparisons.list(),
    'comparisons.save': ({ id, ...kept }: CallRequest<'comparisons.save'>): CallReply<'comparisons.save'> => {
      for (const run of kept.runs) book.summary(run);
      const saved = id === undefined ? comparisons.add(kept) : comparisons.update(id, kept);
      if (!saved) throw unknownComparison(id ?? 0);
      return saved;
    },
    'comparisons.delete': ({ id }: CallRequest<'comparisons.delete'>): CallReply<'comparisons.delete'> => {
      if (!comparisons.remove(id)) throw unknownComparison(id);
      return {};
    },
  };
}

function unknownComparison(id: number): Problem {
  return new Problem('comparison.unknown', `there is no kept comparison ${id}; it may have been deleted`, {
    id,
  });
}
