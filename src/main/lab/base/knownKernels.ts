/** Whose kernels are the faster ones for a net on this machine, as far as that is known before it trains. */
import { type KernelSource, fasterKernels } from '../../../shared/training/kernels.ts';
import { wantedKernels } from '../../engine/native/kernels.ts';
import type { History } from '../../history/open.ts';
import { type TimedOrder, paceKey } from './paceKey.ts';

/** Returns undefined if nothing was measured; then the run's thread measures before it begins. */
export function knownKernels(order: TimedOrder, history: History): KernelSource | undefined {
  const wanted = wantedKernels();
  if (wanted) return wanted;
  const times = history.kernelTimes.get(paceKey(order));
  return times && fasterKernels(times);
}
