/**
 * Shows where the time of a training step goes: every operation of oneDNN's and of Stride's own kernels in one shard's
 * step, on one thread, with its floating-point operations and its share of the rate of a large matrix product.
 *
 *     npm run bench -- profile [course] [--isa avx2] [--images 32]
 *
 * The times are the libraries' own (`scripts/bench/verbose.ts`), the least of 100 steps each, because the least is hardly
 * disturbed by other programs. What TensorFlow does beside them (operations of its own, dispatch, allocation) is the
 * rest of the step, which another process measures without the output: the least of 30 epochs of 100 steps.
 */
import process from 'node:process';
import Table from 'cli-table3';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Contestant, type Spec } from './contestant.ts';
import { contestantPath, environments } from './contestants.ts';
import type { EngineOptions } from './engine.ts';
import type { LimitOptions } from './limit.ts';
import { type Isa, describeMachine } from './machine.ts';
import { netNamed } from './typical.ts';
import {
  type Executed,
  type OperationTimes,
  flopsOf,
  operationTimes,
  parseExecuted,
  strideFlops,
} from './verbose.ts';

interface Options {
  readonly isa?: Isa;
  readonly images: number;
}

/** Epochs are short, so that one of them is little disturbed. */
const stepsAnEpoch = 100;
const processes: Contestant[] = [];

function start(spec: Omit<Spec, 'title' | 'command'>, onLine?: (line: string) => void): Contestant {
  const contestant = new Contestant({ title: spec.id, command: process.execPath, ...spec }, onLine);
  processes.push(contestant);
  return contestant;
}

function engine(
  network: string,
  { isa, images }: Options,
  env: NodeJS.ProcessEnv,
  onLine?: (line: string) => void,
) {
  const options: EngineOptions = {
    networks: [network],
    shards: 1,
    batchSize: images,
    measure: false,
    trainImages: stepsAnEpoch * images,
    testImages: 100,
  };
  const args = [contestantPath('engine.ts'), JSON.stringify(options)];
  return start({ id: network, args, env: { ...environments(isa).asProgram, ...env } }, onLine);
}

/** Returns the least seconds that a step takes in the mean of an epoch, without oneDNN's output. */
async function secondsAStep(network: string, options: Options): Promise<number> {
  const contestant = engine(network, options, {});
  await contestant.ready();
  const seconds = await leastOf(30, contestant);
  contestant.end();
  return seconds / stepsAnEpoch;
}

async function leastOf(epochs: number, contestant: Contestant): Promise<number> {
  let least = Infinity;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    least = Math.min(least, (await contestant.epoch(epoch)).seconds);
  }
  return least;
}

/** Returns the operations of one epoch of training, without those of its evaluation. */
async function executed(network: string, options: Options): Promise<Executed[]> {
  const found: Executed[] = [];
  const contestant = engine(
    network,
    options,
    { ONEDNN_VERBOSE: 'profile_exec', STRIDE_KERNELS_VERBOSE: '1' },
    (line) => {
      const operation = parseExecuted(line);
      if (operation) found.push(operation);
    },
  );
  await contestant.ready();
  found.length = 0;
  await contestant.epoch(1);
  contestant.end();
  return found;
}

/** Returns the floating-point operations a second of a large matrix product on one thread. */
async function limitOf({ isa }: Options): Promise<number> {
  const options: LimitOptions = { size: 1024, products: 4, branches: 1 };
  const args = [contestantPath('limit.ts'), JSON.stringify(options)];
  const contestant = start({ id: 'limit', args, env: environments(isa).asProgram });
  const { flops = NaN } = await contestant.ready();
  const seconds = await leastOf(30, contestant);
  contestant.end();
  return flops / seconds;
}

const microseconds = (seconds: number) => (seconds * 1e6).toFixed(0);

interface Rates {
  /** Seconds of a step. */
  readonly step: number;
  /** Floating-point operations a second. */
  readonly limit: number;
  /** Returns the floating-point operations of an operation. */
  readonly flops: (operation: OperationTimes) => number;
}

function printTable(operations: readonly OperationTimes[], { step, limit, flops: flopsOfOne }: Rates): void {
  const table = new Table({
    head: ['operation', 'kernel', 'shape', 'a step', 'least µs', 'GFLOP/s', 'of the limit', 'of the step'],
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  const row = (names: string[], count: string, seconds: number, flops: number) => {
    const rate = flops / seconds;
    table.push([
      ...names,
      count,
      microseconds(seconds),
      flops > 0 ? (rate / 1e9).toFixed(1) : '',
      flops > 0 ? `${((100 * rate) / limit).toFixed(0)} %` : '',
      `${((100 * seconds) / step).toFixed(0)} %`,
    ]);
  };
  let [allSeconds, allFlops] = [0, 0];
  for (const each of operations) {
    const { operation, kernel, shape, times, least } = each;
    const count = Math.max(1, Math.round(times / stepsAnEpoch));
    const [seconds, flops] = [least * count, flopsOfOne(each) * count];
    row([operation, kernel, shape], count.toFixed(0), seconds, flops);
    allSeconds += seconds;
    allFlops += flops;
  }
  row(['all of them', '', ''], '', allSeconds, allFlops);
  row(['TensorFlow beside it', '', ''], '', step - allSeconds, 0);
  row(['the step', '', ''], '', step, allFlops);
  process.stdout.write(`${table.toString()}\n`);
}

async function main(network: string, options: Options): Promise<void> {
  const { cpu, vectors } = describeMachine(options.isa);
  const limit = await limitOf(options);
  const step = await secondsAStep(network, options);
  // An operation of few steps belongs to the evaluation. Lines are lost where they come faster than they are read.
  const operations = operationTimes(await executed(network, options)).filter(
    ({ times }) => times > stepsAnEpoch / 2,
  );
  process.stdout.write(
    `${network}: a step of ${options.images} images on one thread of ${cpu}, ${vectors}\n` +
      `The limit, by a matrix product of 1,024 × 1,024: ${(limit / 1e9).toFixed(0)} GFLOP/s\n`,
  );
  const ofStride = strideFlops(netNamed(network), options.images);
  const flops = ({ operation, kernel, shape }: OperationTimes) =>
    kernel === 'Stride' ? ofStride(operation, shape) : flopsOf(operation, shape);
  printTable(operations, { step, limit, flops });
}

const command = new Command('npm run bench -- profile')
  .description('Shows where the time of a training step goes, operation by operation.')
  .argument('[net]', "a preset or one of the bench's typical nets", 'course')
  .addOption(new Option('--isa <set>', 'keep Stride to this instruction set').choices(['avx2']))
  .option(
    '--images <n>',
    'images in the shard',
    (text) => {
      const value = Number(text);
      if (Number.isInteger(value) && value >= 1 && value <= 256) return value;
      throw new InvalidArgumentError('It must be a whole number from 1 to 256.');
    },
    32,
  )
  .parse();
try {
  await main(command.processedArgs[0] as string, command.opts());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  for (const contestant of processes) contestant.end();
}
