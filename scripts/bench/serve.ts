/** A contestant's side of the messages in `messages.ts`. Its process ends when the bench closes its input. */
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Answer, EpochDone, Ready } from './messages.ts';

export interface Served {
  readonly ready: Omit<Ready, 'kind'>;
  epoch(): Promise<Omit<EpochDone, 'kind'>>;
}

function say(answer: Answer): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/** Serves the bench; `prepare` receives the process's one argument. */
export async function serve<Options>(prepare: (options: Options) => Promise<Served>): Promise<void> {
  try {
    const lines = createInterface({ input: process.stdin });
    lines.once('close', () => process.exit());
    const contestant = await prepare(JSON.parse(process.argv[2] ?? '{}') as Options);
    say({ kind: 'ready', ...contestant.ready });
    for await (const _ of lines) say({ kind: 'epoch', ...(await contestant.epoch()) });
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
    process.stdin.destroy();
  }
}
