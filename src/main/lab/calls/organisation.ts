/** Calls that find, organise and delete runs. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { RunOrganiser } from '../runs/runOrganiser.ts';
import type { LabRuns } from '../runs/runs.ts';

export function organisationCalls(book: RunBook, organiser: RunOrganiser, runs: LabRuns) {
  return {
    'runs.query': (request: CallRequest<'runs.query'>) => organiser.query(request),
    'runs.rows': (request: CallRequest<'runs.rows'>): CallReply<'runs.rows'> => book.rows(request.runs),
    'runs.groups': (request: CallRequest<'runs.groups'>) => organiser.groups(request),
    'runs.values': (): CallReply<'runs.values'> => book.history.queries.values(),
    'runs.update': (request: CallRequest<'runs.update'>): CallReply<'runs.update'> => {
      organiser.update(request);
      return {};
    },
    'runs.delete': (request: CallRequest<'runs.delete'>): CallReply<'runs.delete'> => {
      organiser.delete(request.runs);
      return {};
    },
    'runs.undelete': (request: CallRequest<'runs.undelete'>): CallReply<'runs.undelete'> => {
      organiser.undelete(request.runs);
      return {};
    },
    'runs.purge': async (request: CallRequest<'runs.purge'>): Promise<CallReply<'runs.purge'>> => ({
      runs: await organiser.purge(request.runs),
    }),
    'runs.again': ({ run }: CallRequest<'runs.again'>) => runs.again(run),
    'runs.export': (request: CallRequest<'runs.export'>) => organiser.export(request),
    'runs.exportRun': ({ run, what }: CallRequest<'runs.exportRun'>) => {
      runs.flush(run);
      return organiser.exportRun(run, what);
    },
    'runs.files': ({ run }: CallRequest<'runs.files'>) => organiser.files(run),
  };
}
