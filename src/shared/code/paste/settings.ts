/**
 * Training settings as a script has them: what is called with which arguments, as far as Stride has it. Only what the
 * script says is kept; the rest stays as the reader of the code has it.
 */
import { type Optimizer, type TrainingSettings, trainingSettingsSchema } from '../../training/training.ts';
import { ImageReader, numbers } from './imageSettings.ts';
import { type CallArguments, bind, booleanOf, numberOf } from './torchLayers.ts';
import { NotUnderstood, type Place } from './values.ts';

type Handler = (call: CallArguments, place: Place) => void;

export class SettingsReader extends ImageReader {
  loss: 'crossEntropy' | 'nll' | null = null;
  private batchFromTraining = false;

  epochs(count: number): void {
    if (count >= 1 && count <= 10_000 && this.found.epochs === undefined) this.found.epochs = count;
  }

  /** False where the path means nothing here. */
  call(path: string, call: CallArguments, place: Place, withoutGradient: boolean): boolean {
    const handler = this.handler(path, withoutGradient);
    if (!handler) return false;
    try {
      handler(call, place);
    } catch (error) {
      if (!(error instanceof NotUnderstood)) throw error;
      this.findings.add('error', error.code, place, error.parameters);
    }
    return true;
  }

  private handler(path: string, withoutGradient: boolean): Handler | undefined {
    const name = path.split('.').at(-1) ?? '';
    if (path === 'torch.manual_seed') return (call) => this.seed(call);
    if (path.startsWith('torch.optim.lr_scheduler.'))
      return (call, place) => this.scheduler(name, call, place);
    if (/^torch\.optim(\.\w+)?\.[A-Z]\w*$/.test(path))
      return (call, place) => this.optimizer(name, call, place);
    if (path.startsWith('torch.utils.data.')) return (call, place) => this.data(name, call, place);
    if (/^torchvision\.datasets(\.\w+)?\.[A-Z]\w*$/.test(path))
      return (_call, place) => this.set(name, place);
    if (path.startsWith('torchvision.transforms.')) return (call, place) => this.transform(name, call, place);
    if (path.startsWith('torch.nn.utils.clip_grad')) return (call) => this.clip(name, call);
    if (path.startsWith('torch.nn.init.')) return (call, place) => this.initial(name, call, place);
    if (/^torch\.nn\.\w*Loss$/.test(path)) return (call, place) => this.criterion(name, call, place);
    if (/^torch\.nn\.functional\.(cross_entropy|nll_loss|mse_loss)$/.test(path)) {
      return (call, place) => {
        if (!withoutGradient) this.functionalLoss(name, call, place);
      };
    }
    return undefined;
  }

  private seed(call: CallArguments): void {
    const seed = numberOf(bind('torch.manual_seed', ['seed'], call), 'seed', 'torch.manual_seed');
    if (Number.isSafeInteger(seed) && seed >= 0) this.found.seed = seed;
    else throw new NotUnderstood('argument-unreadable', { what: 'torch.manual_seed', argument: 'seed' });
  }

  private optimizer(name: string, call: CallArguments, place: Place): void {
    const what = `optim.${name}`;
    const signatures: Readonly<Record<string, readonly string[]>> = {
      SGD: ['params', 'lr', 'momentum', 'dampening', 'weight_decay', 'nesterov'],
      Adam: ['params', 'lr', 'betas', 'eps', 'weight_decay', 'amsgrad'],
      AdamW: ['params', 'lr', 'betas', 'eps', 'weight_decay', 'amsgrad'],
      RMSprop: ['params', 'lr', 'alpha', 'eps', 'weight_decay', 'momentum', 'centered'],
      Adagrad: ['params', 'lr', 'lr_decay', 'weight_decay', 'initial_accumulator_value', 'eps'],
    };
    const signature = signatures[name];
    if (!signature) {
      this.findings.add('error', 'optimizer-unknown', place, { what });
      return;
    }
    const bound = bind(what, signature, call);
    const value = (key: string, fallback: number) => numberOf(bound, key, what, fallback);
    for (const key of ['dampening', 'amsgrad', 'centered', 'initial_accumulator_value']) {
      const given = bound.get(key);
      const off =
        !given ||
        (given.kind === 'number' && given.value === 0) ||
        (given.kind === 'boolean' && !given.value);
      if (!off)
        this.findings.add('error', 'argument-unsupported', place, { what, argument: key, value: '…' });
    }
    const weightDecay = value('weight_decay', name === 'AdamW' ? 0.01 : 0);
    const betas = numbers(bound.get('betas')) ?? [0.9, 0.999];
    const adam = () => ({
      learningRate: value('lr', 0.001),
      beta1: betas[0] ?? 0.9,
      beta2: betas[1] ?? 0.999,
      epsilon: value('eps', 1e-8),
      weightDecay,
    });
    const made: Readonly<Record<string, () => Optimizer>> = {
      SGD: () => ({
        type: 'sgd',
        learningRate: value('lr', 0.001),
        momentum: value('momentum', 0),
        nesterov: booleanOf(bound, 'nesterov', what, false),
        weightDecay,
      }),
      Adam: () => ({ type: 'adam', ...adam() }),
      AdamW: () => ({ type: 'adamW', ...adam() }),
      RMSprop: () => ({
        type: 'rmsProp',
        learningRate: value('lr', 0.01),
        alpha: value('alpha', 0.99),
        momentum: value('momentum', 0),
        epsilon: value('eps', 1e-8),
        weightDecay,
      }),
      Adagrad: () => ({
        type: 'adagrad',
        learningRate: value('lr', 0.01),
        learningRateDecay: value('lr_decay', 0),
        epsilon: value('eps', 1e-10),
        weightDecay,
      }),
    };
    const optimizer = (made[name] as () => Optimizer)();
    this.keep('optimizer', optimizer, what);
  }

  /** Kept where it is within Stride's ranges. */
  private keep<K extends keyof TrainingSettings>(key: K, value: TrainingSettings[K], what: string): void {
    const result = trainingSettingsSchema.safeParse({ [key]: value });
    const issue = result.success ? undefined : result.error.issues[0];
    if (issue)
      throw new NotUnderstood('argument-range', {
        what,
        detail: `${issue.path.join('.')}: ${issue.message}`,
      });
    this.found[key] = value;
  }

  private scheduler(name: string, call: CallArguments, place: Place): void {
    const what = `lr_scheduler.${name}`;
    const warmUpSteps = 0;
    const bound = (signature: readonly string[]) => bind(what, ['optimizer', ...signature], call);
    switch (name) {
      case 'StepLR': {
        const given = bound(['step_size', 'gamma', 'last_epoch', 'verbose']);
        const stepSize = numberOf(given, 'step_size', what);
        this.keep(
          'schedule',
          { type: 'step', stepSize, gamma: numberOf(given, 'gamma', what, 0.1), warmUpSteps },
          what,
        );
        return;
      }
      case 'ExponentialLR': {
        const gamma = numberOf(bound(['gamma', 'last_epoch', 'verbose']), 'gamma', what);
        this.keep('schedule', { type: 'exponential', gamma, warmUpSteps }, what);
        return;
      }
      case 'CosineAnnealingLR': {
        const given = bound(['T_max', 'eta_min', 'last_epoch', 'verbose']);
        this.keep(
          'schedule',
          { type: 'cosine', minimum: numberOf(given, 'eta_min', what, 0), warmUpSteps },
          what,
        );
        this.findings.add('note', 'cosine-epochs', place);
        return;
      }
      case 'OneCycleLR': {
        const given = bind(
          what,
          [
            'optimizer',
            'max_lr',
            'total_steps',
            'epochs',
            'steps_per_epoch',
            'pct_start',
            'anneal_strategy',
            'cycle_momentum',
            'base_momentum',
            'max_momentum',
            'div_factor',
            'final_div_factor',
            'three_phase',
          ],
          call,
        );
        const schedule = {
          type: 'oneCycle',
          maximum: numberOf(given, 'max_lr', what),
          pctStart: numberOf(given, 'pct_start', what, 0.3),
          divFactor: numberOf(given, 'div_factor', what, 25),
          finalDivFactor: numberOf(given, 'final_div_factor', what, 1e4),
          warmUpSteps,
        } as const;
        this.keep('schedule', schedule, what);
        if (booleanOf(given, 'cycle_momentum', what, true))
          this.findings.add('warning', 'one-cycle-momentum', place);
        return;
      }
      default:
        this.findings.add('error', 'scheduler-unknown', place, { what });
    }
  }

  private data(name: string, call: CallArguments, place: Place): void {
    if (name === 'random_split' || name === 'Subset') {
      this.findings.add('warning', 'split', place, { what: name });
      return;
    }
    if (name !== 'DataLoader') return;
    const signature = ['dataset', 'batch_size', 'shuffle', 'sampler', 'batch_sampler', 'num_workers'];
    const others = [
      'collate_fn',
      'pin_memory',
      'drop_last',
      'timeout',
      'worker_init_fn',
      'generator',
      'persistent_workers',
      'prefetch_factor',
    ];
    const bound = bind(name, [...signature, ...others], call);
    const shuffled = booleanOf(bound, 'shuffle', name, false);
    const size = bound.get('batch_size');
    if (size?.kind === 'number' && (shuffled || !this.batchFromTraining)) {
      this.keep('batchSize', size.value, 'batch_size');
      this.batchFromTraining ||= shuffled;
    }
    for (const key of ['sampler', 'batch_sampler', 'drop_last'] as const) {
      const given = bound.get(key);
      if (given && given.kind !== 'none' && !(given.kind === 'boolean' && !given.value))
        this.findings.add('warning', 'loader', place, { argument: key });
    }
  }

  private clip(name: string, call: CallArguments): void {
    const byNorm = name === 'clip_grad_norm_';
    const limit = byNorm ? 'max_norm' : 'clip_value';
    const bound = bind(name, ['parameters', limit, 'norm_type', 'error_if_nonfinite', 'foreach'], call);
    const maximum = numberOf(bound, limit, name);
    if (numberOf(bound, 'norm_type', name, 2) !== 2)
      throw new NotUnderstood('argument-unsupported', { what: name, argument: 'norm_type', value: '…' });
    this.keep('clipping', { type: byNorm ? 'norm' : 'value', maximum }, name);
  }

  private initial(name: string, call: CallArguments, place: Place): void {
    const what = `nn.init.${name}`;
    if (!/\(\s*[\w.]*\.?weight\b/.test(place.text)) {
      this.findings.add('error', 'init-unsupported', place, { what });
      return;
    }
    const kinds = {
      kaiming_uniform_: 'kaimingUniform',
      kaiming_normal_: 'kaimingNormal',
      xavier_uniform_: 'xavierUniform',
      xavier_normal_: 'xavierNormal',
      zeros_: 'zeros',
    } as const;
    if (name in kinds) {
      const nonlinearity = call.named.get('nonlinearity');
      const mode = call.named.get('mode') ?? call.positional[2];
      const plain =
        (!mode || (mode.kind === 'string' && mode.value === 'fan_in')) &&
        (!name.startsWith('kaiming') || (nonlinearity?.kind === 'string' && nonlinearity.value === 'relu'));
      if (!plain || call.named.has('gain') || call.named.has('a')) {
        this.findings.add('error', 'init-unsupported', place, { what });
        return;
      }
      this.keep('initialisation', { type: kinds[name as keyof typeof kinds] }, what);
    } else if (name === 'constant_') {
      const value = numberOf(bind(what, ['tensor', 'val'], call), 'val', what);
      this.keep('initialisation', { type: 'constant', value }, what);
    } else this.findings.add('error', 'init-unsupported', place, { what });
  }

  private criterion(name: string, call: CallArguments, place: Place): void {
    const what = `nn.${name}`;
    if (name === 'CrossEntropyLoss') {
      this.loss = 'crossEntropy';
      this.smoothing(what, call);
    } else if (name === 'NLLLoss') this.loss = 'nll';
    else this.findings.add('error', 'loss-unknown', place, { what });
  }

  private functionalLoss(name: string, call: CallArguments, place: Place): void {
    if (name === 'cross_entropy') {
      this.loss = 'crossEntropy';
      this.smoothing('F.cross_entropy', { positional: [], named: call.named });
    } else if (name === 'nll_loss') this.loss = 'nll';
    else this.findings.add('error', 'loss-unknown', place, { what: `F.${name}` });
  }

  private smoothing(what: string, { named }: CallArguments): void {
    const smoothing = named.get('label_smoothing');
    if (smoothing?.kind === 'number') this.keep('labelSmoothing', smoothing.value, what);
    for (const argument of ['weight', 'ignore_index', 'reduction']) {
      const value = named.get(argument);
      if (value && value.kind !== 'none' && !(value.kind === 'string' && value.value === 'mean'))
        throw new NotUnderstood('argument-unsupported', { what, argument, value: '…' });
    }
  }
}
