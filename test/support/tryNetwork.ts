/** A process that tries one net as a run would: refused, or some steps and an evaluation. It may die of it. */
import { openDataset } from '../../src/main/datasets/index.ts';
import { measurePace } from '../../src/main/engine/inspect/pace.ts';
import { setNativeEnvironment } from '../../src/main/engine/native/environment.ts';
import { readMemory } from '../../src/main/engine/native/memory.ts';
import { checkRun } from '../../src/main/lab/runs/newRun.ts';
import { toProblemRecord } from '../../src/shared/base/problem.ts';
import type { Trial } from './edgeNetworks.ts';

process.once('message', (message) => {
  void attempt(message as Trial).then((outcome) => {
    process.send?.(outcome, () => process.disconnect());
  });
});

async function attempt({ network, settings, shards }: Trial): Promise<string> {
  setNativeEnvironment(2);
  try {
    const dataset = await openDataset('mnist');
    checkRun(network, dataset, { settings, shards, memory: readMemory() });
    await measurePace({ network, settings, dataset, shards }, () => false);
    return 'trained';
  } catch (error) {
    const { code, message } = toProblemRecord(error);
    return code === 'internal' ? `internal: ${message.slice(0, 300)}` : code;
  }
}
