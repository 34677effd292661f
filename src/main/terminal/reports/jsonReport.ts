/** Reports one JSON object per line, for programs. Scripts depend on the field names and their order. */
import { type Io, note, printJson } from '../io.ts';
import { inLanguage, say } from '../../host/language.ts';
import type { Reporter } from './follow.ts';

export function jsonReport(io: Io): Reporter {
  return {
    started: (runs) => {
      for (const { id, name, network, settings, dataset, parameterCount, step } of runs) {
        const { epochs, batchSize, seed, optimizer } = settings;
        printJson(io, {
          type: 'started',
          run: id,
          network: network.name,
          seed,
          name,
          epochs,
          batchSize,
          optimizer,
          dataset,
          parameters: parameterCount,
          /** The number of steps taken before; 0 except for a resumed run. */
          step,
        });
      }
    },
    runningLoss: ({ run, epoch, batch, loss }) => {
      printJson(io, { type: 'running-loss', run, epoch, batch, loss });
    },
    epoch: ({ run, epoch, trainLoss, testLoss, testCorrect, testTotal, trainSeconds }) => {
      printJson(io, { type: 'epoch', run, epoch, trainLoss, testLoss, testCorrect, testTotal, trainSeconds });
    },
    batchLosses: () => undefined,
    ended: ({ id, status, best, problem }) => {
      printJson(io, { type: 'finished', run: id, status, best, ...(problem && { problem }) });
      if (problem) note(io, say('run {id}: {name}', { id, name: inLanguage(problem) }));
    },
    stopping: () => undefined,
    finished: () => undefined,
  };
}
