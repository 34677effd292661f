/** A net in a session, with one set of parameters, for looking into it. */
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import { summarize } from '../../../shared/network/shapes.ts';
import type { NamedTensor } from '../../../shared/runs/checkpoint.ts';
import { requireInspectable } from '../../../shared/training/affordable.ts';
import type { TrainingSettings } from '../../../shared/training/training.ts';
import { type CompiledInspection, compileInspection } from '../compile/inspectionGraph.ts';
import { writeState } from '../compile/state.ts';
import { type Pixels, normalised } from '../data/images.ts';
import { type PixelConstants, pixelConstants } from '../data/normalisation.ts';
import { readMemory } from '../native/memory.ts';
import { Session } from '../native/session.ts';

export interface InspectionOrder {
  readonly network: Network;
  readonly settings: Pick<TrainingSettings, 'normalisation'>;
  readonly dataset: Dataset;
  /** A checkpoint's tensors, of which only the parameters are used. */
  readonly tensors: readonly NamedTensor[];
}

export interface OpenNet {
  readonly compiled: CompiledInspection;
  readonly session: Session;
  readonly constants: PixelConstants | null;
}

/** Throws a `Problem` if the tensors are not this net's or the net is too large to be looked into. */
export async function openNet({ network, settings, dataset, tensors }: InspectionOrder): Promise<OpenNet> {
  requireInspectable(summarize(network), dataset.summary, readMemory().freeBytes);
  const compiled = compileInspection(network);
  const constants = await pixelConstants(settings.normalisation, dataset);
  const session = await Session.load(compiled.graph);
  try {
    writeState(session, compiled, tensors);
    return { compiled, session, constants };
  } catch (error) {
    session.close();
    throw error;
  }
}

/** Returns images as the net's input: normalised, batch × channels × height × width. */
export function netInput({ constants }: Pick<OpenNet, 'constants'>, pixels: Pixels) {
  return { data: normalised(pixels, constants), shape: pixels.shape };
}
