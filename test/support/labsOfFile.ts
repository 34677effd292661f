/** The labs of a test file: a temporary folder for each test, and what is closed and ended after it. */
import { afterEach, beforeEach } from 'vitest';
import type { Lab, LabParts } from '../../src/main/lab/lab.ts';
import { openLab, removeFolder, temporaryFolder } from './lab.ts';
import type { StartedProcess } from './processes.ts';

export interface LabsOfFile {
  readonly home: string;
  /** Processes that are ended after the test. */
  readonly processes: StartedProcess[];
  readonly open: (parts?: LabParts, workerPath?: string | URL) => Promise<Lab>;
}

export function labsOfThisFile(): LabsOfFile {
  let home = '';
  let labs: Lab[] = [];
  let processes: StartedProcess[] = [];
  beforeEach(() => {
    home = temporaryFolder();
    labs = [];
    processes = [];
  });
  afterEach(async () => {
    await Promise.all(labs.map((lab) => lab.close()));
    await Promise.all(processes.map((each) => each.kill()));
    removeFolder(home);
  });
  return {
    get home() {
      return home;
    },
    get processes() {
      return processes;
    },
    open: async (parts, workerPath) => {
      const lab = await openLab(home, parts, workerPath);
      labs.push(lab);
      return lab;
    },
  };
}
