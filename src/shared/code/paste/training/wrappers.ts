/** Trainers of libraries: Lightning's, and others of which only the settings are seen. */
import type { SyntaxNode } from '@lezer/common';
import { isLightning, lookUp } from '../python/classes.ts';
import { callFunction } from '../python/functions.ts';
import { type Reading, place } from '../reading.ts';
import { type CallArguments, type Value, noArguments, unknown } from '../values.ts';
import { consume } from './script.ts';

export function trainer(reading: Reading, node: SyntaxNode, call: CallArguments): Value {
  const epochs = call.named.get('max_epochs');
  consume(reading, epochs);
  if (epochs)
    reading.script.trainerEpochs = {
      count: epochs.kind === 'number' && epochs.value > 0 ? epochs.value : null,
      place: place(reading, node),
      origin: epochs.origin,
    };
  for (const [name, kind] of [
    ['gradient_clip_val', 'clip'],
    ['max_steps', 'steps'],
    ['accumulate_grad_batches', 'steps'],
  ] as const) {
    const value = call.named.get(name);
    if (
      !value ||
      value.kind === 'none' ||
      (value.kind === 'number' && value.value <= (kind === 'steps' ? 1 : 0))
    )
      continue;
    if (kind === 'clip' && call.named.get('gradient_clip_algorithm')?.kind !== 'string')
      reading.script.looseClips.push({
        name: 'clip_grad_norm_',
        call: { positional: [unknown, value], named: new Map() },
        place: place(reading, node),
        condition: null,
      });
    else reading.findings.add('error', 'setting-unread', place(reading, node), { what: name });
  }
  return { kind: 'instance', instance: { definition: null, type: 'trainer', attributes: new Map() } };
}

/** Reads the optimizer and the loader of a Lightning module, which its trainer calls for. */
export function readLightning(reading: Reading, self: Value): void {
  if (self.kind !== 'module' || self.module.type !== 'user' || !isLightning(self.module.definition)) return;
  const { definition } = self.module;
  const { script } = reading;
  const before = script.trainings.length;
  for (const name of ['prepare_data', 'setup', 'train_dataloader', 'configure_optimizers', 'training_step']) {
    const method = lookUp(definition, name);
    if (method?.kind !== 'function' || reading.called.has(method)) continue;
    const result = callFunction(reading, method, noArguments, self);
    if (result.kind === 'loader') result.loader.variable = 'train_dataloader';
  }
  // The trainer steps schedules after each epoch.
  for (const training of script.trainings.slice(before))
    for (const scheduler of training.schedulers) scheduler.stepped = 'epoch';
}

const settingNames =
  /^(lr|learning_rate|epochs?|n_epochs|num_epochs|max_epochs|num_train_epochs|batch_size|bs|weight_decay|momentum)$/;

/** Reports settings that are passed to unsupported code. */
export function readUnknownSettings(
  { findings, source }: Reading,
  node: SyntaxNode,
  path: string,
  { named }: CallArguments,
): void {
  const name = path.split('.').at(-1) ?? '';
  if (!/^[A-Z]/.test(name) && !/^(fit|train|compile|fit_one_cycle|learn)/.test(name)) return;
  if (/^(wandb|mlflow|logging|SummaryWriter)\b/.test(path)) return;
  for (const argument of named.keys())
    if (settingNames.test(argument))
      findings.add('warning', 'setting-unread', source.place(node), { what: `${name}(${argument}=…)` });
}
