/**
 * Measures the engine's speed against other programs that train the course's nets, on this machine and in one
 * run: absolute times say little, because the same work varies by a third from hour to hour on a shared
 * machine. All contestants are processes that keep running; in each round every one trains one epoch, one
 * after another, in reverse order in every second round; the ratio of two contestants is the median of the
 * rounds' ratios.
 *
 *     npm run bench -- [--rounds N] [--quick] [--only course/engine,limit] [--isa avx2] [--json [FILE]] [--check]
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { findPreset } from '../src/shared/network/presets.ts';
import { testElectron } from '../test/desktop/stage.ts';
import { Contestant, type Spec } from './bench/contestant.ts';
import { type Net, comparisons, contestants } from './bench/contestants.ts';
import { flopsPerEpoch, median, ratios } from './bench/figures.ts';
import { type Isa, describeMachine, load, watchCompany } from './bench/machine.ts';
import type { Extent, Ready } from './bench/messages.ts';
import { findTorch, makeTorchvisionRoot } from './bench/python.ts';
import { type Measured, type Result, printReport } from './bench/report.ts';

interface Options {
  readonly rounds?: number;
  readonly quick: boolean;
  readonly only?: readonly string[];
  readonly isa?: Isa;
  /** True for standard output instead of tables, or a file beside the tables. */
  readonly json: string | boolean;
  readonly check: boolean;
}

/** Numbers of images in MNIST */
const whole: Extent = { trainImages: 60_000, testImages: 10_000 };
/** Extent with 200 steps per epoch. */
const short: Extent = { trainImages: 12_800, testImages: 2000 };

function parseOptions(): Options {
  const rounds = (text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 1000) {
      throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
    }
    return value;
  };
  return new Command('npm run bench --')
    .description(
      "Trains the course's two nets and typical ones with Stride, tfjs-node and PyTorch, turn about, and compares the times.",
    )
    .option('--rounds <n>', 'epochs that each trains (default: 5, with --quick 3)', rounds)
    .option('--quick', 'epochs of 200 steps, to see that all works', false)
    .option('--only <ids>', 'only contestants whose id begins with one of these', (text) => text.split(','))
    .addOption(new Option('--isa <set>', 'keep all contestants to this instruction set').choices(['avx2']))
    .option('--json [file]', 'one JSON object instead of tables, or written to a file beside them', false)
    .option('--check', 'exit with 1 if a ratio is past its target', false)
    .parse()
    .opts();
}

const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(options: Options, folder: string): Promise<number> {
  const loadAtStart = load();
  const rounds = options.rounds ?? (options.quick ? 3 : 5);
  const extent = options.quick ? short : whole;
  const torch = await findTorch();
  const electron = testElectron();
  await makeTorchvisionRoot(folder, extent);
  const all = contestants({
    python: 'python' in torch ? torch.python : null,
    mnistRoot: folder,
    electron: typeof electron !== 'string',
    limit: { size: 2048, products: options.quick ? 1 : 4 },
    isa: options.isa,
    ...extent,
  });
  const specs = all.filter(({ id }) => !options.only || options.only.some((start) => id.startsWith(start)));
  if (specs.length === 0) throw new Error(`--only leaves none of ${all.map(({ id }) => id).join(', ')}`);

  const started = await startAll(specs);
  const company = watchCompany([...started.keys()].map(({ pid }) => pid ?? 0));
  const measured = await measure(started, rounds, whole.trainImages / extent.trainImages);
  const seconds = new Map(measured.map((each) => [each.id, each.seconds]));
  const result: Result = {
    versions: versionsOf(started),
    machine: describeMachine(options.isa),
    torchThreads: [...started.values()].find(({ threads }) => threads !== undefined)?.threads ?? null,
    rounds,
    quick: options.quick,
    ...extent,
    loadAtStart,
    company: company(),
    contestants: measured.filter(({ id }) => id !== 'limit'),
    ratios: ratios(comparisons, seconds),
    notes: [
      ...('missing' in torch ? [torch.missing] : []),
      ...(typeof electron === 'string' ? [`No Electron to measure in: ${electron}.`] : []),
    ],
    limit: limitOf(started, seconds),
  };
  const json = `${JSON.stringify(result, null, 2)}\n`;
  if (typeof options.json === 'string') await writeFile(options.json, json);
  process.stdout.write(options.json === true ? json : printReport(result));
  const missed = result.ratios.filter(({ met }) => met === false);
  if (!options.check) return 0;
  for (const { of, to, median: value, target } of missed) {
    say(`past its target: ${of} ÷ ${to} is ${value.toFixed(3)}, the target is ${target}`);
  }
  return missed.length > 0 ? 1 : 0;
}

const processes: Contestant[] = [];

/** Starts the contestants one after another, so that none gets ready while another one warms up. */
async function startAll(specs: readonly Spec[]): Promise<Map<Contestant, Ready>> {
  const started = new Map<Contestant, Ready>();
  for (const spec of specs) {
    say(`starting ${spec.id}`);
    const contestant = new Contestant(spec);
    processes.push(contestant);
    started.set(contestant, await contestant.ready());
  }
  return started;
}

async function measure(
  started: ReadonlyMap<Contestant, Ready>,
  rounds: number,
  scale: number,
): Promise<Measured[]> {
  const seconds = new Map<string, number[]>();
  const accuracies = new Map<string, number>();
  for (const [{ spec }, { accuracy }] of started) {
    seconds.set(spec.id, []);
    if (accuracy !== undefined) accuracies.set(spec.id, accuracy);
  }
  for (let round = 1; round <= rounds; round += 1) {
    const order = [...started];
    if (round % 2 === 0) order.reverse();
    for (const [contestant, { flops }] of order) {
      const { id } = contestant.spec;
      const done = await contestant.epoch(round);
      const value = flops === undefined ? done.seconds * scale : done.seconds;
      seconds.get(id)?.push(value);
      if (done.accuracy !== undefined && !accuracies.has(id)) accuracies.set(id, done.accuracy);
      say(`round ${round} of ${rounds}: ${id} ${value.toFixed(2)} s`);
    }
  }
  return [...started.keys()].map(({ spec: { id, title } }) => ({
    id,
    title,
    seconds: seconds.get(id) ?? [],
    accuracy: accuracies.get(id) ?? null,
  }));
}

function versionsOf(started: ReadonlyMap<Contestant, Ready>): Record<string, string> {
  const versions: Record<string, string> = { Stride: manifest.version, Node: process.versions.node };
  for (const ready of started.values()) Object.assign(versions, ready.versions);
  return versions;
}

function limitOf(
  started: ReadonlyMap<Contestant, Ready>,
  seconds: ReadonlyMap<string, readonly number[]>,
): Result['limit'] {
  const flops = [...started].find(([{ spec }]) => spec.id === 'limit')?.[1].flops;
  if (flops === undefined) return null;
  const rate = flops / median(seconds.get('limit') ?? []) / 1e9;
  const of = (net: Net) => {
    const preset = findPreset(net);
    if (!preset) throw new Error(`there is no preset ${net}`);
    // Seconds are already scaled to a whole epoch, so the operations must be too.
    const gigaflops = flopsPerEpoch(preset.network, whole.trainImages) / 1e9;
    const epoch = seconds.get(`${net}/engine`);
    return { gigaflops, share: epoch ? gigaflops / median(epoch) / rate : null };
  };
  return { gigaflopsPerSecond: rate, nets: { course: of('course'), homework: of('homework') } };
}

const options = parseOptions();
const folder = await mkdtemp(join(tmpdir(), 'stride-bench-'));
const cleanUp = async () => {
  for (const contestant of processes) contestant.end();
  await rm(folder, { recursive: true, force: true });
};
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => void cleanUp().finally(() => process.exit(code)));
}
try {
  process.exitCode = await main(options, folder);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await cleanUp();
}
