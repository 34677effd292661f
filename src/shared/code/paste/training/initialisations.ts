/** Initial weights that a script sets itself: Stride has one kind for all layers with weights. */
import type { Initialisation as StrideInitialisation } from '../../../training/training.ts';
import { bind, numberOf } from '../torch/arguments.ts';
import { NotUnderstood, type LayerModule, type Module } from '../values.ts';
import { type SettingsReading, attempt, keep, nameCondition } from './found.ts';
import type { InitialisationCall } from './script.ts';

const kinds = {
  kaiming_uniform_: 'kaimingUniform',
  kaiming_normal_: 'kaimingNormal',
  xavier_uniform_: 'xavierUniform',
  xavier_normal_: 'xavierNormal',
  zeros_: 'zeros',
} as const;

/** Kaiming's gain for `leaky_relu` with a slope of 0, PyTorch's default, is ReLU's. */
function isPlain({ name, call }: InitialisationCall): boolean {
  const nonlinearity = call.named.get('nonlinearity') ?? call.positional[3];
  const mode = call.named.get('mode') ?? call.positional[2];
  const second = call.named.get('a') ?? call.named.get('gain') ?? call.positional[1];
  const neutral = name.startsWith('kaiming') ? 0 : 1;
  const plainMode = !mode || (mode.kind === 'string' && mode.value === 'fan_in');
  const plainKind =
    !nonlinearity || (nonlinearity.kind === 'string' && ['relu', 'leaky_relu'].includes(nonlinearity.value));
  return plainMode && plainKind && (!second || (second.kind === 'number' && second.value === neutral));
}

function kindOf(initialisation: InitialisationCall): StrideInitialisation {
  const { name, call } = initialisation;
  const what = `nn.init.${name}`;
  if (name === 'constant_')
    return { type: 'constant', value: numberOf(bind(what, ['tensor', 'val'], call), 'val', what) };
  const kind = name in kinds ? kinds[name as keyof typeof kinds] : undefined;
  if (!kind || !isPlain(initialisation)) throw new NotUnderstood('init-unsupported', { what });
  return { type: kind };
}

const hasWeights = (module: Module): module is LayerModule => module.type === 'layer' && module.made !== null;

/** Returns whether these are batch normalisation's default values. */
function isDefault({ name, call, module, parameter }: InitialisationCall): boolean {
  if (module?.type !== 'layer' || module.made !== null) return false;
  const value =
    name === 'ones_'
      ? 1
      : name === 'zeros_'
        ? 0
        : call.positional[1]?.kind === 'number'
          ? call.positional[1].value
          : NaN;
  return value === (parameter === 'weight' ? 1 : 0);
}

/** `modules` holds all modules of the net. */
export function readInitialisations(
  into: SettingsReading,
  all: readonly InitialisationCall[],
  modules: readonly Module[],
): void {
  const within = all.filter(({ module }) => module === null || modules.includes(module));
  const covered = new Map<Module, string>();
  let last: { readonly kind: StrideInitialisation; readonly from: InitialisationCall } | undefined;
  for (const each of within) {
    if (isDefault(each)) continue;
    nameCondition(into, each);
    attempt(into, each.place, () => {
      if (each.parameter !== 'weight')
        throw new NotUnderstood('init-unsupported', { what: `nn.init.${each.name}` });
      const kind = kindOf(each);
      last = { kind, from: each };
      if (each.module) covered.set(each.module, JSON.stringify(kind));
    });
  }
  if (!last) return;
  const { kind, from } = last;
  const weighted = modules.filter(hasWeights);
  const everywhere = weighted.every((module) => covered.get(module) === JSON.stringify(kind));
  if (from.module === null || everywhere)
    attempt(into, from.place, () => keep(into, 'initialisation', kind, from.name));
  else into.findings.add('error', 'init-partial', from.place, { what: `nn.init.${from.name}` });
}
