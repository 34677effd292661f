/**
 * The lines around a PyTorch model that train it as Stride does: the same draws from the same generator in the same
 * order, so that a seed gives the same losses. Where PyTorch or torchvision cannot, a comment in the code says so.
 */
import type { Layer } from '../layers/index.ts';
import { enabledLayers } from '../layers/index.ts';
import type { Network } from '../network.ts';
import {
  type Augmentation,
  type Optimizer,
  type TrainingSettings,
  courseNormalisation,
  runningLossInterval,
} from '../training.ts';

const list = (values: readonly number[]) => `(${values.join(', ')}${values.length === 1 ? ',' : ''})`;

/** Arguments that differ from torch.optim's own defaults, and the learning rate always. */
export function optimizerLine(optimizer: Optimizer): string {
  const given: string[] = [`lr=${optimizer.learningRate}`];
  const add = (name: string, value: number, fallback: number) => {
    if (value !== fallback) given.push(`${name}=${value}`);
  };
  switch (optimizer.type) {
    case 'sgd':
      add('momentum', optimizer.momentum, 0);
      if (optimizer.nesterov && optimizer.momentum > 0) given.push('nesterov=True');
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.SGD(model.parameters(), ${given.join(', ')})`;
    case 'adam':
    case 'adamW': {
      const { beta1, beta2, epsilon, weightDecay, type } = optimizer;
      if (beta1 !== 0.9 || beta2 !== 0.999) given.push(`betas=(${beta1}, ${beta2})`);
      add('eps', epsilon, 1e-8);
      add('weight_decay', weightDecay, type === 'adam' ? 0 : 0.01);
      return `optim.${type === 'adam' ? 'Adam' : 'AdamW'}(model.parameters(), ${given.join(', ')})`;
    }
    case 'rmsProp':
      add('alpha', optimizer.alpha, 0.99);
      add('eps', optimizer.epsilon, 1e-8);
      add('momentum', optimizer.momentum, 0);
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.RMSprop(model.parameters(), ${given.join(', ')})`;
    case 'adagrad':
      add('lr_decay', optimizer.learningRateDecay, 0);
      add('eps', optimizer.epsilon, 1e-10);
      add('weight_decay', optimizer.weightDecay, 0);
      return `optim.Adagrad(model.parameters(), ${given.join(', ')})`;
  }
}

export interface ScheduleCode {
  /** After the optimizer is made. */
  readonly setUp: readonly string[];
  /** Before a step, after it, and after an epoch. */
  readonly beforeStep: readonly string[];
  readonly afterStep: readonly string[];
  readonly afterEpoch: readonly string[];
}

const none: ScheduleCode = { setUp: [], beforeStep: [], afterStep: [], afterEpoch: [] };

export function scheduleCode(settings: TrainingSettings): ScheduleCode {
  const { schedule } = settings;
  if (schedule.warmUpSteps > 0) return warmedUp(settings);
  const scheduler = (call: string) => `scheduler = optim.lr_scheduler.${call}`;
  const perEpoch = (call: string): ScheduleCode => ({
    ...none,
    setUp: [scheduler(call)],
    afterEpoch: ['scheduler.step()'],
  });
  switch (schedule.type) {
    case 'constant':
      return none;
    case 'step':
      return perEpoch(`StepLR(optimizer, step_size=${schedule.stepSize}, gamma=${schedule.gamma})`);
    case 'exponential':
      return perEpoch(`ExponentialLR(optimizer, gamma=${schedule.gamma})`);
    case 'cosine':
      return perEpoch(`CosineAnnealingLR(optimizer, T_max=epochs, eta_min=${schedule.minimum})`);
    case 'oneCycle': {
      const { maximum, pctStart, divFactor, finalDivFactor } = schedule;
      return {
        ...none,
        setUp: [
          'scheduler = optim.lr_scheduler.OneCycleLR(',
          `    optimizer, max_lr=${maximum}, total_steps=epochs * len(train_loader), pct_start=${pctStart},`,
          `    div_factor=${divFactor}, final_div_factor=${finalDivFactor}, cycle_momentum=False)`,
        ],
        afterStep: ['scheduler.step()'],
      };
    }
  }
}

/**
 * The rate at step `step`, counted from 1, as Python: `schedule.ts`' formulas. `perEpoch` is an expression for the steps
 * of an epoch, `epochs` a variable.
 */
export function rateLines({ schedule, optimizer }: TrainingSettings, perEpoch: string): string[] {
  const { learningRate } = optimizer;
  const half = 'math.cos(math.pi * share)';
  const scheduled = (): string[] => {
    switch (schedule.type) {
      case 'constant':
        return [`rate = ${learningRate}`];
      case 'step':
        return [
          `rate = ${learningRate} * ${schedule.gamma} ** ((step - 1) // ${perEpoch} // ${schedule.stepSize})`,
        ];
      case 'exponential':
        return [`rate = ${learningRate} * ${schedule.gamma} ** ((step - 1) // ${perEpoch})`];
      case 'cosine':
        return [
          `share = (step - 1) // ${perEpoch} / epochs`,
          `rate = ${schedule.minimum} + (${learningRate} - ${schedule.minimum}) / 2 * (1 + ${half})`,
        ];
      case 'oneCycle': {
        const { maximum, pctStart, divFactor, finalDivFactor } = schedule;
        return [
          `low, high = ${maximum} / ${divFactor}, ${maximum}`,
          `last = epochs * ${perEpoch} - 1`,
          `peak = ${pctStart} * epochs * ${perEpoch} - 1`,
          'if peak > 0 and step - 1 <= peak:',
          '    start, end, share = low, high, (step - 1) / peak',
          'else:',
          `    start, end, share = high, low / ${finalDivFactor}, (step - 1 - peak) / (last - peak)`,
          `rate = end + (start - end) / 2 * (1 + ${half})`,
        ];
      }
    }
  };
  const { warmUpSteps } = schedule;
  return [...scheduled(), warmUpSteps > 0 ? `return rate * min(1, step / ${warmUpSteps})` : 'return rate'];
}

/** With a warm-up, PyTorch's schedulers do not add up to Stride's product; the rate is written out. */
function warmedUp(settings: TrainingSettings): ScheduleCode {
  return {
    setUp: [
      '',
      '',
      'def learning_rate(step):',
      `    """At step \`step\`, counted from 1: linear from 0 over ${settings.schedule.warmUpSteps} steps, on top of the schedule."""`,
      ...rateLines(settings, 'len(train_loader)').map((line) => `    ${line}`),
      '',
      '',
      'step = 0',
    ],
    beforeStep: [
      'step += 1',
      'for group in optimizer.param_groups:',
      "    group['lr'] = learning_rate(step)",
    ],
    afterStep: [],
    afterEpoch: [],
  };
}

/** After the model is made: weights drawn again, in the order of the layers; biases keep PyTorch's own. */
export function initialisationLines({ initialisation }: TrainingSettings): string[] {
  if (initialisation.type === 'default') return [];
  const calls = {
    kaimingUniform: "kaiming_uniform_(module.weight, nonlinearity='relu')",
    kaimingNormal: "kaiming_normal_(module.weight, nonlinearity='relu')",
    xavierUniform: 'xavier_uniform_(module.weight)',
    xavierNormal: 'xavier_normal_(module.weight)',
    zeros: 'zeros_(module.weight)',
    constant: `constant_(module.weight, ${initialisation.type === 'constant' ? initialisation.value : 0})`,
  } as const;
  return [
    'for module in model.modules():',
    '    if isinstance(module, (nn.Conv2d, nn.Linear)):',
    `        nn.init.${calls[initialisation.type]}`,
  ];
}

export function clippingLines({ clipping }: TrainingSettings): string[] {
  if (!clipping) return [];
  const how = clipping.type === 'norm' ? 'clip_grad_norm_' : 'clip_grad_value_';
  return [`nn.utils.${how}(model.parameters(), ${clipping.maximum})`];
}

export interface DatasetCode {
  /** torchvision's class. */
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

function augmentationLines(augmentation: Augmentation, { height, width }: DatasetCode): string[] {
  const { shift, rotation, scale, horizontalFlip, noise } = augmentation;
  const lines: string[] = [];
  if (horizontalFlip) lines.push('transforms.RandomHorizontalFlip(),');
  if (shift > 0 || rotation > 0 || scale > 0) {
    const options = [
      `degrees=${rotation}`,
      ...(shift > 0 ? [`translate=(${shift} / ${width}, ${shift} / ${height})`] : []),
      ...(scale > 0 ? [`scale=(1 - ${scale}, 1 + ${scale})`] : []),
      'interpolation=transforms.InterpolationMode.BILINEAR',
    ];
    if (shift > 0) lines.push('# torchvision moves by whole pixels, Stride by fractions of them too.');
    lines.push(`transforms.RandomAffine(${options.join(', ')}),`);
  }
  if (noise > 0)
    lines.push(`transforms.Lambda(lambda pixels: pixels + ${noise} * torch.randn_like(pixels)),`);
  return lines;
}

export function transformLines(settings: TrainingSettings, dataset: DatasetCode): string[] {
  const { normalisation, augmentation } = settings;
  const of = (value: number) => list(Array.from({ length: dataset.channels }, () => value));
  const measured =
    normalisation === 'dataset'
      ? [
          "# Each channel's mean and standard deviation over all training images.",
          `images = torch.as_tensor(datasets.${dataset.name}(root=root, train=True, download=True).data) / 255.0`,
          dataset.channels === 1
            ? 'mean, std = [images.double().mean().item()], [images.double().std(correction=0).item()]'
            : 'mean, std = images.double().mean((0, 1, 2)).tolist(), images.double().std((0, 1, 2), correction=0).tolist()',
        ]
      : [];
  const constants = {
    course: `, transforms.Normalize(${of(courseNormalisation.mean)}, ${of(courseNormalisation.deviation)})`,
    dataset: ', transforms.Normalize(mean, std)',
    none: '',
  }[normalisation];
  const plain = [...measured, `transform = transforms.Compose([transforms.ToTensor()${constants}])`];
  const changes = augmentation ? augmentationLines(augmentation, dataset) : [];
  if (changes.length === 0) return plain;
  return [
    ...plain,
    '# What is drawn here comes from another generator than in Stride: losses agree on the whole, not number for number.',
    'train_transform = transforms.Compose([',
    '    transforms.ToTensor(),',
    ...changes.map((line) => `    ${line}`),
    ...(constants ? [`    ${constants.slice(2)},`] : []),
    '])',
  ];
}

/** Whether images of the training set are changed at random. */
export function augments({ augmentation }: TrainingSettings): boolean {
  if (!augmentation) return false;
  const { shift, rotation, scale, horizontalFlip, noise } = augmentation;
  return horizontalFlip || [shift, rotation, scale, noise].some((value) => value > 0);
}

/** Stride's split: the same share of every class, by a generator of its own, both parts in the data set's order. */
export function splitLines({ validation }: TrainingSettings): string[] {
  if (!validation) return [];
  return [
    'def split(labels, fraction, seed):',
    '    """Indices to train on and to validate with: the same share of every class is held back."""',
    '    generator = torch.Generator().manual_seed(seed)',
    '    held = torch.zeros(len(labels), dtype=torch.bool)',
    '    for label in labels.unique():',
    '        members = (labels == label).nonzero().flatten()',
    '        count = min(max(int(len(members) * fraction + 0.5), 1), len(members) - 1)',
    '        held[members[torch.randperm(len(members), generator=generator)[:count]]] = True',
    '    return (~held).nonzero().flatten().tolist(), held.nonzero().flatten().tolist()',
    '',
    '',
  ];
}

export function loaderLines(settings: TrainingSettings, dataset: DatasetCode): string[] {
  const { validation } = settings;
  const trainTransform = augments(settings) ? 'train_transform' : 'transform';
  const make = (train: string, transform: string) =>
    `datasets.${dataset.name}(root=root, train=${train}, download=True, transform=${transform})`;
  const lines = [`train_dataset = ${make('True', trainTransform)}`];
  if (validation) {
    lines.push(
      `train_indices, validation_indices = split(torch.as_tensor(train_dataset.targets), ${validation.fraction}, ${validation.seed})`,
      augments(settings)
        ? `validation_dataset = Subset(${make('True', 'transform')}, validation_indices)`
        : 'validation_dataset = Subset(train_dataset, validation_indices)',
      'train_dataset = Subset(train_dataset, train_indices)',
      "# A generator of its own: reading it must not use up the script's random numbers.",
      'validation_loader = DataLoader(validation_dataset, shuffle=False, batch_size=batch_size, generator=torch.Generator())',
    );
  }
  return [
    ...lines,
    'train_loader = DataLoader(train_dataset, shuffle=True, batch_size=batch_size)',
    `test_dataset = ${make('False', 'transform')}`,
    'test_loader = DataLoader(test_dataset, shuffle=False, batch_size=batch_size)',
  ];
}

export function hasDropout(layers: readonly Layer[]): boolean {
  return enabledLayers(layers).some(
    (layer) =>
      (layer.type === 'dropout' && layer.p !== 0) || (layer.type === 'residual' && hasDropout(layer.layers)),
  );
}

/** What keeps the script's numbers from being Stride's, as comments for its head. */
export function honestNotes(network: Network, settings: TrainingSettings): string[] {
  const notes: string[] = [];
  if (hasDropout(network.layers)) {
    notes.push(
      "# The masks of dropout are drawn from the script's own generator, in Stride from another: losses agree on the",
      '# whole, not number for number.',
    );
  }
  if (augments(settings)) notes.push('# So are the random changes of the training images.');
  return notes;
}

export function trainLines(settings: TrainingSettings, schedule: ScheduleCode): string[] {
  const sums = settings.earlyStopping?.metric === 'trainLoss';
  return [
    'def train(epoch):',
    ...(schedule.beforeStep.length > 0 ? ['    global step'] : []),
    '    model.train()',
    '    running_loss = 0.0',
    ...(sums ? ['    loss_sum = 0.0'] : []),
    '    for batch_idx, data in enumerate(train_loader, 0):',
    '        inputs, target = data',
    ...schedule.beforeStep.map((line) => `        ${line}`),
    '        optimizer.zero_grad()',
    '        outputs = model(inputs)',
    '        loss = criterion(outputs, target)',
    '        loss.backward()',
    ...clippingLines(settings).map((line) => `        ${line}`),
    '        optimizer.step()',
    ...schedule.afterStep.map((line) => `        ${line}`),
    '        running_loss += loss.item()',
    ...(sums ? ['        loss_sum += loss.item() * len(target)'] : []),
    `        if batch_idx % ${runningLossInterval} == ${runningLossInterval - 1}:`,
    `            print('[%d, %5d] loss: %.3f' % (epoch + 1, batch_idx + 1, running_loss / ${runningLossInterval}))`,
    '            running_loss = 0.0',
    ...(sums ? ['    return loss_sum / len(train_dataset)'] : []),
  ];
}

export const testLines: readonly string[] = [
  'def test(loader, name):',
  '    """Accuracy, and mean loss, over a loader\'s images."""',
  '    model.eval()',
  '    correct = 0',
  '    total = 0',
  '    loss = 0.0',
  '    with torch.no_grad():',
  '        for images, labels in loader:',
  '            outputs = model(images)',
  '            _, predicted = torch.max(outputs, dim=1)',
  '            total += labels.size(0)',
  '            correct += (predicted == labels).sum().item()',
  "            loss += F.cross_entropy(outputs, labels, reduction='sum').item()",
  "    print('accuracy on %s set: %.2f %% (%d of %d), loss: %.4f' % (",
  '        name, 100 * correct / total, correct, total, loss / total))',
  '    return correct / total, loss / total',
];

/** The epochs, with Stride's early stopping: an improvement is more than `minimumChange`. */
export function loopLines(settings: TrainingSettings, schedule: ScheduleCode): string[] {
  const { earlyStopping, validation } = settings;
  const metric = earlyStopping?.metric;
  const watched = {
    testAccuracy: 'test_accuracy',
    testLoss: '-test_loss',
    validationAccuracy: 'validation_accuracy',
    validationLoss: '-validation_loss',
    trainLoss: '-train_loss',
  } as const;
  return [
    "if __name__ == '__main__':",
    ...(earlyStopping ? ["    best, waited = float('-inf'), 0"] : []),
    '    for epoch in range(epochs):',
    `        ${metric === 'trainLoss' ? 'train_loss = ' : ''}train(epoch)`,
    `        ${metric?.startsWith('test') ? 'test_accuracy, test_loss = ' : ''}test(test_loader, 'test')`,
    ...(validation
      ? [
          `        ${metric?.startsWith('validation') ? 'validation_accuracy, validation_loss = ' : ''}test(validation_loader, 'validation')`,
        ]
      : []),
    ...schedule.afterEpoch.map((line) => `        ${line}`),
    ...(earlyStopping && metric
      ? [
          '        # Early stopping: so many epochs without an improvement are borne.',
          `        merit = ${watched[metric]}`,
          `        if merit > best${earlyStopping.minimumChange > 0 ? ` + ${earlyStopping.minimumChange}` : ''}:`,
          '            best, waited = merit, 0',
          '        else:',
          '            waited += 1',
          `            if waited >= ${earlyStopping.patience}:`,
          '                break',
        ]
      : []),
  ];
}
