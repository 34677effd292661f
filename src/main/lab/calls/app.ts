/** Calls about the program itself. */
import type { CallReply } from '../../../shared/api/api.ts';
import type { ProblemRecord } from '../../../shared/base/problem.ts';
import { describeMachine, describeVersions, strideVersion } from '../base/machine.ts';
import type { LabRuns } from '../runs/runs.ts';

export interface AppOptions {
  readonly host: CallReply<'app.info'>['host'];
  readonly home: string;
  readonly runs: LabRuns;
  readonly findTrainingProblem: () => ProblemRecord | null;
}

export function appCalls({ host, home, runs, findTrainingProblem }: AppOptions) {
  return {
    'app.info': (): CallReply<'app.info'> => ({
      version: strideVersion,
      host,
      home,
      machine: describeMachine(),
      versions: describeVersions(runs.tensorflow),
      trainingProblem: findTrainingProblem(),
    }),
  };
}
