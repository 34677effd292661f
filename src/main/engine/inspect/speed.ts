/**
 * Measures how many images per second nets classify on this machine, one at a time and 64 at a time. The nets
 * take turns, so that other load on the machine affects all of them alike; the median of each net's turns
 * counts.
 */
import { setImmediate } from 'node:timers/promises';
import type { Network } from '../../../shared/network/network.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { compileInspection } from '../compile/inspectionGraph.ts';
import { writeState } from '../compile/state.ts';
import { Session } from '../native/session.ts';

export interface SpeedOrder {
  readonly nets: readonly { readonly network: Network; readonly tensors: readonly NamedTensor[] }[];
}

/** Images per second for each net, in the order's order. */
export type Speeds = readonly { readonly one: number; readonly many: number }[];

const manyImages = 64;
const rounds = 7;
/** Duration of one turn. */
const milliseconds = 25;

export async function measureSpeed({ nets }: SpeedOrder): Promise<Speeds> {
  const sessions: { session: Session; network: Network }[] = [];
  try {
    for (const { network, tensors } of nets) {
      const compiled = compileInspection(network);
      const session = await Session.load(compiled.graph);
      sessions.push({ session, network });
      writeState(session, compiled, tensors);
    }
    const one = await turnAbout(sessions.map((each) => classifier(each, 1)));
    const many = await turnAbout(sessions.map((each) => classifier(each, manyImages)));
    return nets.map((_, i) => ({ one: one[i] as number, many: manyImages * (many[i] as number) }));
  } finally {
    for (const { session } of sessions) session.close();
  }
}

function classifier({ session, network }: { session: Session; network: Network }, count: number): () => void {
  const { channels, height, width } = network.input;
  const shape = [count, channels, height, width];
  // Any pixels will do, because the duration of a dense kernel does not depend on them.
  const data = Float32Array.from({ length: count * channels * height * width }, (_, i) => (i % 7) / 7);
  return () => void session.run('logits', { images: { data, shape } });
}

/** Returns the calls per second of each function: the median over the rounds. */
async function turnAbout(works: readonly (() => void)[]): Promise<number[]> {
  const rates = works.map((): number[] => []);
  // The first calls are slower because the graph is optimised and kernels are prepared.
  for (const work of works) for (let i = 0; i < 3; i += 1) work();
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      await setImmediate();
      const began = performance.now();
      let calls = 0;
      do {
        work();
        calls += 1;
      } while (performance.now() - began < milliseconds);
      rates[index]?.push((1000 * calls) / (performance.now() - began));
    }
  }
  return rates.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] as number);
}
