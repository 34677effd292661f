/**
 * The lines around a PyTorch model that train it as Stride does: the same draws from the same generator in the same
 * order, so that a seed gives the same losses. A comment in the code names what PyTorch or torchvision cannot
 * reproduce.
 */
import type { Layer } from '../layers/index.ts';
import { enabledLayers } from '../layers/index.ts';
import type { Network } from '../network/network.ts';
import { type TrainingSettings, runningLossInterval } from '../training/training.ts';
import { augments } from './pytorchData.ts';
import type { ScheduleCode } from './pytorchOptimizer.ts';

/**
 * Returns the lines after the model is made: weights are drawn again, in the order of the layers; biases keep PyTorch's
 * own values.
 */
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

function clippingLines({ clipping }: TrainingSettings): string[] {
  if (!clipping) return [];
  const how = clipping.type === 'norm' ? 'clip_grad_norm_' : 'clip_grad_value_';
  return [`nn.utils.${how}(model.parameters(), ${clipping.maximum})`];
}

function hasDropout(layers: readonly Layer[]): boolean {
  return enabledLayers(layers).some(
    (layer) =>
      (layer.type === 'dropout' && layer.p !== 0) || (layer.type === 'residual' && hasDropout(layer.layers)),
  );
}

/** Returns comments for the script's head on why its numbers differ from Stride's. */
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

/** Returns the loop over epochs, with Stride's early stopping: an improvement is more than `minimumChange`. */
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
          '        # Early stopping: training ends after so many epochs without improvement.',
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
