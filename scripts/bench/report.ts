/** Reports the bench's results as tables. */
import Table from 'cli-table3';
import { type Net, nets } from './contestants.ts';
import { type Ratio, median } from './figures.ts';
import { type Company, type MachineDescription, warning } from './machine.ts';
import type { Extent } from './messages.ts';

export interface Measured {
  readonly id: string;
  readonly title: string;
  /** Seconds per round, scaled to a whole epoch. */
  readonly seconds: readonly number[];
  /** Accuracy after its first epoch; null if it reports none. */
  readonly accuracy: number | null;
}

export interface Result extends Extent {
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: MachineDescription;
  readonly torchThreads: number | null;
  readonly rounds: number;
  readonly quick: boolean;
  readonly loadAtStart: number;
  readonly company: Company;
  readonly contestants: readonly Measured[];
  readonly ratios: readonly Ratio[];
  /** Contestants left out, with reasons. */
  readonly notes: readonly string[];
  /** Result of the floating-point limit; null if it was not measured. */
  readonly limit: {
    readonly gigaflopsPerSecond: number;
    /** GFLOP per epoch, and the share of the limit that the engine's median epoch reaches. */
    readonly nets: Readonly<Record<Net, { readonly gigaflops: number; readonly share: number | null }>>;
  } | null;
}

const heading: Record<Net, string> = { course: "The course's net", homework: "The homework's net" };

const number = (value: number) => value.toFixed(value < 0.1 ? 4 : value < 10 ? 2 : 1);
const ratio = (value: number) => value.toFixed(value < 0.995 ? 3 : 2);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const result = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  result.push(...rows.map((row) => [...row]));
  return result.toString();
}

function targetCell({ target, met }: Ratio): string {
  return target === null ? '' : `≤ ${target.toFixed(2)} ${met ? 'met' : 'MISSED'}`;
}

function tableOf(result: Result, group: string, words: { of: string; accuracy: boolean }): string {
  const rows = result.contestants
    .filter(({ id }) => id.startsWith(`${group}/`))
    .map(({ id, title, seconds, accuracy }) => {
      const compared = result.ratios.find(({ to }) => to === id);
      const range =
        compared && result.rounds > 1 ? ` (${ratio(compared.lowest)}–${ratio(compared.highest)})` : '';
      return [
        title,
        number(median(seconds)),
        number(Math.min(...seconds)),
        compared ? ratio(compared.median) + range : '',
        compared ? targetCell(compared) : '',
        ...(words.accuracy ? [accuracy === null ? '' : percent(accuracy)] : []),
      ];
    });
  const head = [
    '',
    'median s',
    'fastest s',
    words.of,
    'target',
    ...(words.accuracy ? ['after one epoch'] : []),
  ];
  return table(head, rows);
}

function headLines(result: Result): string[] {
  const { versions, machine, rounds, trainImages, torchThreads, quick } = result;
  const threads = torchThreads === null ? '' : ` (${torchThreads} threads)`;
  const names = Object.entries(versions).map(
    ([name, version]) => `${name} ${version}${name === 'PyTorch' ? threads : ''}`,
  );
  return [
    names.join(', '),
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform}, ${machine.vectors}`,
    `${rounds} round${rounds === 1 ? '' : 's'}, turn about; an epoch of ${trainImages.toLocaleString('en-US')} images each` +
      (quick ? ', scaled to 60,000: too short to judge by' : ''),
  ];
}

function limitLines({ limit }: Result): string[] {
  if (!limit) return [];
  const shares = nets.flatMap((net) => {
    const { gigaflops, share } = limit.nets[net];
    return share === null ? [] : [`${net} ${percent(share)} (${gigaflops.toFixed(0)} GFLOP an epoch)`];
  });
  const reached = shares.length > 0 ? ` Stride reaches of that: ${shares.join(', ')}.` : '';
  return [
    '',
    `This machine's limit, by a large matrix product: ${limit.gigaflopsPerSecond.toFixed(0)} GFLOP/s.${reached}`,
  ];
}

export function printReport(result: Result): string {
  const { company, loadAtStart, notes } = result;
  const has = (group: string) => result.contestants.some(({ id }) => id.startsWith(`${group}/`));
  const others =
    company.othersShare === null ? '' : `; others took ${percent(company.othersShare)} of the cores`;
  const busy = warning(loadAtStart, company);
  return [
    ...headLines(result),
    ...nets
      .filter(has)
      .flatMap((net) => [
        '',
        `${heading[net]}: seconds an epoch of training, without evaluation`,
        tableOf(result, net, { of: 'Stride ÷ it', accuracy: true }),
      ]),
    ...(has('typical')
      ? [
          '',
          'Typical nets: seconds an epoch of training, without evaluation',
          tableOf(result, 'typical', { of: 'Stride ÷ it', accuracy: true }),
        ]
      : []),
    ...(has('both')
      ? [
          '',
          'Both nets, an epoch each: seconds until both are done, with evaluation',
          tableOf(result, 'both', { of: 'at once ÷ it', accuracy: false }),
        ]
      : []),
    ...(has('states')
      ? [
          '',
          'States that are kept of each epoch: seconds',
          tableOf(result, 'states', { of: 'keeping ÷ it', accuracy: false }),
        ]
      : []),
    ...(has('hosts')
      ? [
          '',
          'The built program, whole: seconds an epoch, the median of a run’s last four; in Electron the run’s page is in sight',
          tableOf(result, 'hosts', { of: 'Electron ÷ it', accuracy: true }),
        ]
      : []),
    ...(has('window')
      ? [
          '',
          'Start in Electron: seconds until the window’s first paint',
          tableOf(result, 'window', { of: 'Stride ÷ it', accuracy: false }),
        ]
      : []),
    ...limitLines(result),
    '',
    `Load ${loadAtStart.toFixed(2)} before, ${company.loadAfter.toFixed(2)} after${others}.`,
    ...(busy ? [`WARNING: ${busy}.`] : []),
    ...notes,
    '',
  ].join('\n');
}
