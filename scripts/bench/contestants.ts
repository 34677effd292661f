/**
 * The contestants, and the ratios that are reported with their targets. A new contestant is a line here and a
 * program that serves `messages.ts`.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../setup/native-notes.mjs';
import type { Spec } from './contestant.ts';
import type { EngineOptions } from './engine.ts';
import type { LimitOptions } from './limit.ts';
import type { Extent } from './messages.ts';
import type { NetOptions } from './tfjs.ts';

export const nets = ['course', 'homework'] as const;
export type Net = (typeof nets)[number];

/** Factor by which `of` must be faster than `to`; without a target it is only shown. */
export interface Comparison {
  readonly of: string;
  readonly to: string;
  readonly target: number | null;
}

/**
 * Comparisons with targets from issue 3 (`LayersModel.fit`, both at once), issue 4 (PyTorch, measurements)
 * and issue 11 (hosts, window).
 */
export const comparisons: readonly Comparison[] = [
  ...nets.flatMap((net) =>
    (
      [
        ['script', 0.25],
        ['preloaded', 0.4],
        ['layers-model', 0.2],
        ['eager', null],
        ['unmeasured', 1.05],
      ] as const
    ).map(([name, target]) => ({ of: `${net}/engine`, to: `${net}/${name}`, target })),
  ),
  { of: 'both/at-once', to: 'both/one-after-another', target: 1 },
  ...nets.map((net) => ({ of: `hosts/${net}-desktop`, to: `hosts/${net}-terminal`, target: 1.1 })),
  { of: 'window/stride', to: 'window/empty', target: 1.5 },
];

export interface Entry extends Extent {
  /** Path of a Python that has torch and torchvision, or null. */
  readonly python: string | null;
  /** Folder that torchvision's MNIST takes as its root. */
  readonly mnistRoot: string;
  /** Whether Electron is available. */
  readonly electron: boolean;
  readonly limit: LimitOptions;
}

/** Variables by which a user may have tuned the libraries; contestants run with the libraries' defaults. */
const tuning = /^(TF_|MALLOC_|OMP_|GOMP_|KMP_|MKL_|DNNL_|ONEDNN_|OPENBLAS_|ATEN_|NODE_OPTIONS$)/;

const untuned: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !tuning.test(name)),
);
/** Environment with the settings that scripts/setup/native-notes.mjs gives the program. */
const asProgram: NodeJS.ProcessEnv = { ...untuned, ...childEnvironment };

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const node = { command: process.execPath, env: untuned };

export function contestants({ python, mnistRoot, electron, limit, ...extent }: Entry): Spec[] {
  const cores = availableParallelism();
  const engine = (id: string, title: string, options: Omit<EngineOptions, keyof Extent>): Spec => ({
    id,
    title,
    command: process.execPath,
    args: [file('engine.ts'), JSON.stringify({ ...options, ...extent } satisfies EngineOptions)],
    env: asProgram,
  });
  const tfjs = (network: Net): readonly [string] => [
    JSON.stringify({ network, ...extent } satisfies NetOptions),
  ];
  const torch = (id: string, title: string, args: readonly string[]): Spec[] =>
    python === null
      ? []
      : [
          {
            id,
            title,
            command: python,
            args: [file('contestant.py'), ...args],
            env: { ...untuned, MNIST_ROOT: mnistRoot, PYTHONDONTWRITEBYTECODE: '1' },
          },
        ];

  return [
    {
      id: 'limit',
      title: `matrix product ${limit.size} × ${limit.size}`,
      command: process.execPath,
      args: [file('limit.ts'), JSON.stringify(limit)],
      env: asProgram,
    },
    ...nets.flatMap((net): Spec[] => [
      engine(`${net}/engine`, 'Stride', { networks: [net], shards: cores }),
      engine(`${net}/unmeasured`, 'Stride, measurements off', {
        networks: [net],
        shards: cores,
        measure: false,
      }),
      ...torch(`${net}/script`, "PyTorch, the course's script", [net, 'script']),
      ...torch(`${net}/preloaded`, 'PyTorch, preloaded tensors', [net, 'preloaded']),
      {
        ...node,
        id: `${net}/layers-model`,
        title: 'tfjs-node, LayersModel.fit',
        args: [file('layersModel.ts'), ...tfjs(net)],
      },
      {
        ...node,
        id: `${net}/eager`,
        title: 'tfjs-node, optimizer.minimize',
        args: [file('eager.ts'), ...tfjs(net)],
      },
    ]),
    engine('both/at-once', 'Stride, both nets at once', {
      networks: nets,
      shards: Math.max(1, Math.floor(cores / nets.length)),
      atOnce: true,
    }),
    engine('both/one-after-another', 'Stride, one after the other', {
      networks: nets,
      shards: cores,
    }),
    ...(electron ? desktopContestants(extent) : []),
  ];
}

/**
 * Returns the desktop program and the terminal, and the program's window and an empty one in the same
 * Electron.
 */
function desktopContestants(extent: Extent): Spec[] {
  const spec = (id: string, title: string, program: string, options: object): Spec => ({
    id,
    title,
    command: process.execPath,
    args: [file(program), JSON.stringify({ ...options, ...extent })],
    env: asProgram,
    hasChildren: true,
  });
  return [
    ...nets.flatMap((network) => [
      spec(`hosts/${network}-desktop`, `${network}, in Electron`, 'desktop/training.ts', { network }),
      spec(`hosts/${network}-terminal`, `${network}, in the terminal`, 'terminalHost.ts', { network }),
    ]),
    spec('window/stride', 'Stride', 'desktop/firstPaint.ts', { what: 'stride' }),
    spec('window/empty', 'a window with nothing in it', 'desktop/firstPaint.ts', { what: 'empty' }),
  ];
}
