/**
 * Transfers a run's parameters, statistics and optimizer slots between the native session and a checkpoint.
 */
import { type Checkpoint, type NamedTensor, parameterKey } from '../../../shared/runs/checkpoint.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { Initialisation } from '../../../shared/training/training.ts';
import type { CompiledNetwork } from './compile.ts';
import { initialParameters } from './parameters.ts';
import type { Generator } from '../random/generator.ts';
import type { Session } from '../native/session.ts';

/** Draws and writes the initial parameters; optimizer slots start at zero. */
export function writeInitial(
  session: Session,
  compiled: CompiledNetwork,
  generator: Generator,
  initialisation: Initialisation,
): void {
  const parameters = initialParameters(compiled.parameters, generator, initialisation);
  const drawn = new Map(parameters.map(({ name, data }) => [parameterKey(name), data]));
  const inputs = compiled.state.map(({ name, shape }) => {
    const data = drawn.get(name) ?? new Float32Array(shape.reduce((a, b) => a * b, 1));
    return [name, { data, shape }] as const;
  });
  session.run('write', Object.fromEntries(inputs));
}

/** Throws a `Problem` if the checkpoint belongs to another net. */
export function writeState(
  session: Session,
  compiled: Pick<CompiledNetwork, 'state'>,
  tensors: Checkpoint['tensors'],
): void {
  const given = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const inputs = compiled.state.map(({ name, shape }) => {
    const tensor = given.get(name);
    if (!tensor || tensor.shape.join() !== shape.join()) {
      const found = tensor ? `with shape ${tensor.shape.join('×')}` : 'not at all';
      throw new Problem(
        'checkpoint.other-network',
        `the checkpoint does not belong to this net: "${name}" should have shape ${shape.join('×')}, it is there ${found}`,
        { name, shape: shape.join('×'), found },
      );
    }
    return [name, { data: tensor.data, shape }] as const;
  });
  session.run('write', Object.fromEntries(inputs));
}

export function readState(session: Session): NamedTensor[] {
  return Object.entries(session.run('read', {})).map(([name, { shape, data }]) => ({
    name,
    shape,
    data: data as Float32Array,
  }));
}
