/** Finds the loss that the net trains with, as far as Stride has it. */
import type { Reading } from '../reading.ts';
import { NotUnderstood } from '../values.ts';
import { type SettingsReading, attempt, keep, nameCondition } from './found.ts';
import type { Loss } from './script.ts';

/** `other` is a loss that Stride does not have. */
export type LossKind = 'crossEntropy' | 'nll' | 'other';

const kinds: Readonly<Record<string, LossKind | undefined>> = {
  CrossEntropyLoss: 'crossEntropy',
  cross_entropy: 'crossEntropy',
  NLLLoss: 'nll',
  nll_loss: 'nll',
};

export const isFunctionalLoss = (name: string) =>
  /^(cross_entropy|nll_loss|mse_loss|l1_loss|smooth_l1_loss|binary_cross_entropy|binary_cross_entropy_with_logits|kl_div|multi_margin_loss|hinge_embedding_loss)$/.test(
    name,
  );

const shown = ({ name }: Loss) => (/^[A-Z]/.test(name) ? `nn.${name}` : `F.${name}`);

/** Uses the losses that were computed, or those that were made if none was. */
export function readLoss(into: SettingsReading, { script }: Reading): LossKind | null {
  const used = script.losses.filter((loss) => loss.used);
  const losses = used.length > 0 ? used : script.losses;
  let kind: LossKind | null = null;
  for (const loss of losses) {
    const known = kinds[loss.name];
    if (known === undefined) {
      into.findings.add('error', 'loss-unknown', loss.place, { what: shown(loss) });
      kind ??= 'other';
      continue;
    }
    kind ??= known;
    nameCondition(into, loss);
    attempt(into, loss.place, () => readArguments(into, loss, shown(loss)));
  }
  return kind;
}

function readArguments(
  into: SettingsReading,
  { call: { named, positional }, name }: Loss,
  what: string,
): void {
  const smoothing = named.get('label_smoothing');
  if (smoothing?.kind === 'number') keep(into, 'labelSmoothing', smoothing.value, what);
  else if (smoothing) throw new NotUnderstood('argument-unreadable', { what, argument: 'label_smoothing' });
  const weight = named.get('weight') ?? (/^[A-Z]/.test(name) ? positional[0] : positional[2]);
  const given = { weight, ignore_index: named.get('ignore_index'), reduction: named.get('reduction') };
  for (const [argument, value] of Object.entries(given)) {
    if (value === undefined || value.kind === 'none') continue;
    if (argument === 'reduction' && value.kind === 'string' && value.value === 'mean') continue;
    if (argument === 'ignore_index' && value.kind === 'number' && value.value < 0) continue;
    const text = value.kind === 'string' || value.kind === 'number' ? value.value : '…';
    throw new NotUnderstood('argument-unsupported', { what, argument, value: text });
  }
}
