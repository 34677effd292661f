/**
 * Training settings as a script has them: what is called with which arguments, as far as Stride has it. Only what the
 * script says is kept; the rest stays as the reader of the code has it.
 */
import {
  type Augmentation,
  type Optimizer,
  type TrainingSettings,
  courseNormalisation,
  trainingSettingsSchema,
} from '../../training.ts';
import type { Findings } from './findings.ts';
import { type CallArguments, bind, booleanOf, numberOf } from './torchLayers.ts';
import { NotUnderstood, type Place, type Value } from './values.ts';

export type FoundSettings = { -readonly [K in keyof TrainingSettings]?: TrainingSettings[K] };

type Handler = (call: CallArguments, place: Place) => void;

const numbers = (value: Value | undefined): number[] | null => {
  if (value?.kind === 'number') return [value.value];
  if (value?.kind !== 'list') return null;
  const items = value.items.map((item) => (item.kind === 'number' ? item.value : NaN));
  return items.every((item) => !Number.isNaN(item)) ? items : null;
};

/** Data sets of torchvision: their images, and Stride's id where it has them. */
export const torchvisionSets: Readonly<
  Record<string, { readonly height: number; readonly width: number; readonly channels: number }>
> = {
  MNIST: { height: 28, width: 28, channels: 1 },
  FashionMNIST: { height: 28, width: 28, channels: 1 },
  KMNIST: { height: 28, width: 28, channels: 1 },
  EMNIST: { height: 28, width: 28, channels: 1 },
  QMNIST: { height: 28, width: 28, channels: 1 },
  CIFAR10: { height: 32, width: 32, channels: 3 },
  CIFAR100: { height: 32, width: 32, channels: 3 },
  SVHN: { height: 32, width: 32, channels: 3 },
};

export class SettingsReader {
  readonly found: FoundSettings = {};
  /** The data set's class, and the size that a transform gives its images. */
  dataset: string | null = null;
  resized: { height: number; width: number } | null = null;
  grayscale = false;
  loss: 'crossEntropy' | 'nll' | null = null;
  private readonly findings: Findings;
  private augmentation: Augmentation | null = null;
  private sawTensor = false;
  private sawNormalize = false;
  private batchFromTraining = false;

  constructor(findings: Findings) {
    this.findings = findings;
  }

  epochs(count: number): void {
    if (count >= 1 && count <= 10_000 && this.found.epochs === undefined) this.found.epochs = count;
  }

  /** After the whole script: what follows from what was not there. */
  end(): void {
    if (this.sawTensor && !this.sawNormalize) this.found.normalisation = 'none';
    if (this.augmentation) this.found.augmentation = this.augmentation;
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

  private set(name: string, place: Place): void {
    if (this.dataset === null) this.dataset = name;
    if (!(name in torchvisionSets)) this.findings.add('warning', 'dataset-unknown', place, { what: name });
  }

  private change(): Augmentation {
    this.augmentation ??= { shift: 0, rotation: 0, scale: 0, horizontalFlip: false, noise: 0 };
    return this.augmentation;
  }

  private transform(name: string, call: CallArguments, place: Place): void {
    const what = `transforms.${name}`;
    const [first] = call.positional;
    switch (name) {
      case 'Compose':
      case 'PILToTensor':
      case 'ConvertImageDtype':
        return;
      case 'ToTensor':
        this.sawTensor = true;
        return;
      case 'Normalize': {
        const bound = bind(what, ['mean', 'std', 'inplace'], call);
        const mean = numbers(bound.get('mean'));
        const std = numbers(bound.get('std'));
        this.sawNormalize = true;
        if (!mean || !std) this.findings.add('warning', 'normalize-measured', place);
        const course =
          mean?.every((value) => value === courseNormalisation.mean) &&
          std?.every((value) => value === courseNormalisation.deviation);
        if (course) this.found.normalisation = 'course';
        else if (mean && std) {
          this.found.normalisation = 'dataset';
          this.findings.add('warning', 'normalize-other', place, {
            mean: mean.join(', '),
            std: std.join(', '),
          });
        } else this.found.normalisation = 'dataset';
        return;
      }
      case 'RandomHorizontalFlip': {
        const p = numberOf(bind(what, ['p'], call), 'p', what, 0.5);
        if (p !== 0.5) throw new NotUnderstood('argument-unsupported', { what, argument: 'p', value: p });
        this.change().horizontalFlip = true;
        return;
      }
      case 'RandomRotation': {
        const degrees = numbers(first ?? call.named.get('degrees'));
        if (!degrees || degrees.length > 1)
          throw new NotUnderstood('argument-unreadable', { what, argument: 'degrees' });
        this.change().rotation = degrees[0] as number;
        return;
      }
      case 'RandomAffine':
        this.affine(what, call);
        return;
      case 'Resize': {
        const size = numbers(first ?? call.named.get('size'));
        if (!size) throw new NotUnderstood('argument-unreadable', { what, argument: 'size' });
        this.resized = { height: size[0] as number, width: size[1] ?? (size[0] as number) };
        return;
      }
      case 'Grayscale':
        this.grayscale = true;
        return;
      case 'Lambda': {
        const noise = /\+ *([\d.e-]+) *\* *torch\.randn_like/.exec(place.text);
        if (noise) this.change().noise = Number(noise[1]);
        else this.findings.add('error', 'transform-unknown', place, { what });
        return;
      }
      default:
        if (/^[A-Z]/.test(name)) this.findings.add('error', 'transform-unknown', place, { what });
    }
  }

  private affine(what: string, call: CallArguments): void {
    const bound = bind(
      what,
      ['degrees', 'translate', 'scale', 'shear', 'interpolation', 'fill', 'center'],
      call,
    );
    const degrees = numbers(bound.get('degrees'));
    if (!degrees || degrees.length > 1)
      throw new NotUnderstood('argument-unreadable', { what, argument: 'degrees' });
    const change = this.change();
    change.rotation = degrees[0] as number;
    const translate = numbers(bound.get('translate'));
    const { width } = torchvisionSets[this.dataset ?? 'MNIST'] ?? { width: 28 };
    if (translate) change.shift = Math.round((translate[0] as number) * width * 1e6) / 1e6;
    const scale = numbers(bound.get('scale'));
    if (scale) change.scale = Math.round((1 - (scale[0] as number)) * 1e6) / 1e6;
    const shear = bound.get('shear');
    if (shear && shear.kind !== 'none')
      throw new NotUnderstood('argument-unsupported', { what, argument: 'shear', value: '…' });
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
