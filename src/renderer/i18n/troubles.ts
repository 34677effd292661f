/** Sentences about trouble in training: the observation, its likely cause, and what to try. */
import type { Trouble, TroubleCause } from '../../shared/training/troubles.ts';
import { m } from '../paraglide/messages.js';
import { formatLoss, formatPercent, formatTick } from './format.ts';

const causes: Record<TroubleCause, () => string> = {
  rateTooLarge: m.trouble_cause_large,
  rateTooSmall: m.trouble_cause_small,
  zeroWeights: m.trouble_cause_zero,
  deadUnits: m.trouble_cause_dead,
  saturated: m.trouble_cause_saturated,
};

export function troubleText(trouble: Trouble): string {
  return `${seen(trouble)}${m.sentence_separator()}${causes[trouble.cause]()}`;
}

function seen({ kind, epoch, value, chance, layer }: Trouble): string {
  switch (kind) {
    case 'aboveGuessing':
      return m.trouble_above_guessing({ loss: formatLoss(value), guessing: formatLoss(chance) });
    case 'atChance':
      return m.trouble_at_chance({
        epoch,
        accuracy: formatPercent(100 * value, 1),
        chance: formatPercent(100 * (chance ?? 0), 1),
      });
    case 'exploding':
      return m.trouble_exploding({ epoch, layer: layer ?? 0, norm: formatTick(value) });
    case 'deadUnits':
      return m.trouble_dead({ epoch, layer: layer ?? 0 });
  }
}
