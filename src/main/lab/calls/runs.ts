/** Calls that start, steer, find, organise and delete runs. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import type { RunBook } from '../runs/runBook.ts';
import type { RunOrganiser } from '../runs/runOrganiser.ts';
import type { LabRuns } from '../runs/runs.ts';

interface RunParts {
  readonly book: RunBook;
  readonly runs: LabRuns;
  readonly organiser: RunOrganiser;
}

export function runCalls(parts: RunParts) {
  return { ...steering(parts), ...reading(parts), ...organising(parts) };
}

function steering({ runs }: RunParts) {
  return {
    'runs.start': (request: CallRequest<'runs.start'>) => runs.start(request),
    'runs.pause': ({ run }: CallRequest<'runs.pause'>) => runs.pause(run),
    'runs.resume': ({ run, from }: CallRequest<'runs.resume'>) => runs.resume(run, undefined, from),
    'runs.stop': ({ run }: CallRequest<'runs.stop'>) => runs.stop(run),
    'runs.again': ({ run }: CallRequest<'runs.again'>) => runs.again(run),
    'runs.finishEpoch': (request: CallRequest<'runs.finishEpoch'>) => runs.finishEpoch(request),
    'runs.setLearningRate': (request: CallRequest<'runs.setLearningRate'>) => runs.setLearningRate(request),
  };
}

function reading({ book, runs, organiser }: RunParts) {
  return {
    'runs.list': ({ limit, offset }: CallRequest<'runs.list'>): CallReply<'runs.list'> => {
      book.recover();
      return book.list(limit, offset);
    },
    'runs.get': ({ run }: CallRequest<'runs.get'>): CallReply<'runs.get'> => {
      book.recover();
      runs.flush(run);
      return book.detail(run);
    },
    'runs.batchLosses': ({ run, from }: CallRequest<'runs.batchLosses'>): CallReply<'runs.batchLosses'> => {
      book.summary(run);
      runs.flush(run);
      const { batchLosses } = book.history;
      return { from, losses: batchLosses.read(run, from), clock: batchLosses.clock(run, from) };
    },
    'runs.events': ({ run }: CallRequest<'runs.events'>): CallReply<'runs.events'> => {
      book.recover();
      book.summary(run);
      return book.history.runEvents.list(run);
    },
    'runs.export': (request: CallRequest<'runs.export'>) => organiser.export(request),
    'runs.exportRun': ({ run, what }: CallRequest<'runs.exportRun'>) => {
      runs.flush(run);
      return organiser.exportRun(run, what);
    },
    'runs.files': ({ run }: CallRequest<'runs.files'>) => organiser.files(run),
  };
}

function organising({ book, organiser }: RunParts) {
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
  };
}
