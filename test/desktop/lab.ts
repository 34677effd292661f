/** The lab behind a real window: calls through the window's own bridge, and history read from the disk. */
import type { Page } from '@playwright/test';
import type { CallName, CallReply } from '../../src/shared/api/api.ts';
import type { BridgeGlobal } from '../../src/shared/api/bridge.ts';
import { openHistory } from '../../src/main/history/open.ts';

let last = 1_000_000;

/** Asks the lab as the window's page does. */
export async function ask<C extends CallName>(
  page: Page,
  name: C,
  request: unknown = {},
): Promise<CallReply<C>> {
  const id = (last += 1);
  const answer = await page.evaluate(
    ({ id, name, request }) =>
      new Promise<{ kind: string; reply?: unknown; problem?: { message: string } }>((resolve) => {
        const stride = (globalThis as BridgeGlobal).stride!;
        const stop = stride.onMessage((message) => {
          if (!('id' in message) || message.id !== id) return;
          stop();
          resolve(message);
        });
        stride.send({ kind: 'call', id, name, request } as never);
      }),
    { id, name, request },
  );
  if (answer.kind !== 'reply') throw new Error(`${name}: ${answer.problem?.message ?? 'no answer'}`);
  return answer.reply as CallReply<C>;
}

/** A run's batch losses as they lie on the disk. */
export function lossesOnDisk(home: string, run: number): Float32Array {
  const history = openHistory(home);
  try {
    return history.batchLosses.read(run, 0);
  } finally {
    history.close();
  }
}

/** Starts runs; gives their numbers. */
export async function startRuns(
  page: Page,
  ...runs: { network: unknown; settings: unknown }[]
): Promise<number[]> {
  return (await ask(page, 'runs.start', { runs })).map(({ id }) => id);
}
