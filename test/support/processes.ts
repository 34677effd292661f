/** Processes of Node that tests start, all ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StartedProcess {
  readonly child: ChildProcess;
  /** The next line that it prints; rejected where it ends before. */
  line(): Promise<string>;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a script beside this file. */
export function startProcess(script: string, ...parameters: string[]): StartedProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    line: async () => {
      const { done, value } = await lines.next();
      if (done) throw new Error(`${script} ended (exit code ${child.exitCode})`);
      return value;
    },
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
