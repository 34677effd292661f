/** Describes the machine and versions that a run was trained with. */
import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { Machine, Versions } from '../../../shared/runs/runs.ts';
import manifest from '../../../../package.json' with { type: 'json' };

export const strideVersion: string = manifest.version;

export function describeMachine(cores: number = availableParallelism()): Machine {
  return {
    platform: platform(),
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? '',
    cores,
    memoryBytes: totalmem(),
  };
}

/** Returns the versions; `tensorflow` is empty until a worker has loaded the library. */
export function describeVersions(tensorflow: string): Versions {
  return { stride: strideVersion, node: process.versions.node, tensorflow };
}
