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
import type { Isa } from './machine.ts';
import type { Extent } from './messages.ts';
import type { NetOptions } from './tfjs.ts';
import { typicalNets } from './typical.ts';

export const nets = ['course', 'homework'] as const;
export type Net = (typeof nets)[number];

/** Factor by which `of` must be faster than `to`; without a target it is only shown. */
export interface Comparison {
  readonly of: string;
  readonly to: string;
  readonly target: number | null;
}

/**
 * Comparisons with targets from issue 3 (`LayersModel.fit`, both at once), issue 4 (PyTorch, measurements),
 * issue 11 (hosts, window) and issue 17 (kept states); those of the typical nets are in `typical.ts`.
 */
export const comparisons: readonly Comparison[] = [
  ...nets.flatMap((net) =>
    (
      [
        ['script', 0.15],
        ['preloaded', 0.33],
        ['layers-model', 0.2],
        ['eager', null],
        ['unmeasured', 1.05],
      ] as const
    ).map(([name, target]) => ({ of: `${net}/engine`, to: `${net}/${name}`, target })),
  ),
  ...Object.entries(typicalNets).map(([name, { target }]) => ({
    of: `typical/${name}/engine`,
    to: `typical/${name}/preloaded`,
    target,
  })),
  { of: 'states/kept', to: 'states/training', target: 0.01 },
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
  /** Instruction set that all contestants are kept to; their processor's own if left out. */
  readonly isa?: Isa | undefined;
}

/** Variables by which a user may have tuned the libraries; contestants run with the libraries' defaults. */
const tuning = /^(TF_|MALLOC_|OMP_|GOMP_|KMP_|MKL_|DNNL_|ONEDNN_|OPENBLAS_|ATEN_|NODE_OPTIONS$|STRIDE_CPU$)/;

/** Variables that keep Stride, oneDNN, PyTorch's own kernels and its matrix products to an instruction set. */
const keptTo: Record<Isa, NodeJS.ProcessEnv> = {
  avx2: {
    STRIDE_CPU: 'avx2',
    ONEDNN_MAX_CPU_ISA: 'AVX2',
    ATEN_CPU_CAPABILITY: 'avx2',
    MKL_ENABLE_INSTRUCTIONS: 'AVX2',
  },
};

interface Environments {
  /** The user's environment without variables that tune the libraries. */
  readonly untuned: NodeJS.ProcessEnv;
  /** The same with the settings that scripts/setup/native-notes.mjs gives the program. */
  readonly asProgram: NodeJS.ProcessEnv;
}

export function environments(isa: Isa | undefined): Environments {
  const untuned = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !tuning.test(name))),
    ...(isa ? keptTo[isa] : {}),
  };
  return { untuned, asProgram: { ...untuned, ...childEnvironment } };
}

export const contestantPath = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export function contestants({ python, mnistRoot, electron, limit, isa, ...extent }: Entry): Spec[] {
  const { untuned, asProgram } = environments(isa);
  const node = { command: process.execPath, env: untuned };
  const cores = availableParallelism();
  const engine = (id: string, title: string, options: Omit<EngineOptions, keyof Extent>): Spec => ({
    id,
    title,
    command: process.execPath,
    args: [contestantPath('engine.ts'), JSON.stringify({ ...options, ...extent } satisfies EngineOptions)],
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
            args: [contestantPath('contestant.py'), ...args],
            env: { ...untuned, MNIST_ROOT: mnistRoot, PYTHONDONTWRITEBYTECODE: '1' },
          },
        ];

  return [
    {
      id: 'limit',
      title: `matrix product ${limit.size} × ${limit.size}`,
      command: process.execPath,
      args: [contestantPath('limit.ts'), JSON.stringify(limit)],
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
        args: [contestantPath('layersModel.ts'), ...tfjs(net)],
      },
      {
        ...node,
        id: `${net}/eager`,
        title: 'tfjs-node, optimizer.minimize',
        args: [contestantPath('eager.ts'), ...tfjs(net)],
      },
    ]),
    ...Object.entries(typicalNets).flatMap(([name, { title }]): Spec[] => [
      engine(`typical/${name}/engine`, `${title}: Stride`, { networks: [name], shards: cores }),
      ...torch(`typical/${name}/preloaded`, `${title}: PyTorch, preloaded tensors`, [name, 'preloaded']),
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
    engine('states/training', 'an epoch of the course net', { networks: ['course'], shards: cores }),
    engine('states/kept', 'keeping its state while the next one trains', {
      networks: ['course'],
      shards: cores,
      keepStates: true,
    }),
    ...(electron ? desktopContestants(extent, asProgram) : []),
  ];
}

/**
 * Returns the desktop program and the terminal, and the program's window and an empty one in the same
 * Electron.
 */
function desktopContestants(extent: Extent, env: NodeJS.ProcessEnv): Spec[] {
  const spec = (id: string, title: string, program: string, options: object): Spec => ({
    id,
    title,
    command: process.execPath,
    args: [contestantPath(program), JSON.stringify({ ...options, ...extent })],
    env,
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
