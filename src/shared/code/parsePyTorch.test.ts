/** Tests code that becomes a net: the course's scripts, Stride's own code, other styles, and unsupported code. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { presets } from '../network/presets.ts';
import { type Network, parseNetwork } from '../network/network.ts';
import { trainingSettingsSchema } from '../training/training.ts';
import { canonicalNetwork } from './canonical.ts';
import { looksLikePyTorch, parsePyTorch } from './parsePyTorch.ts';
import { toPyTorch } from './pytorch.ts';
import { randomNetworks } from '../../../test/support/randomNetworks.ts';

const root = new URL('../../../', import.meta.url);
const [course, homework] = presets as [(typeof presets)[number], (typeof presets)[number]];

const vectors: Network[] = ['pytorch', 'extra'].flatMap((folder) => {
  const url = new URL(`test/vectors/${folder}/`, root);
  return readdirSync(url)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { network } = JSON.parse(readFileSync(new URL(file, url), 'utf8')) as { network?: object };
      return typeof network === 'object'
        ? [parseNetwork({ ...network, name: file.replace('.json', '') })]
        : [];
    });
});

const codes = (code: string) =>
  parsePyTorch(code).findings.map(({ code: name, line }) => `${line ?? '-'} ${name}`);

test.each([course, homework])(
  "the course's script gives the preset: $network.name",
  ({ network, settings }) => {
    const script = readFileSync(new URL(`scripts/bench/${network.name}.py`, root), 'utf8');
    const pasted = parsePyTorch(script);
    expect(pasted.findings).toEqual([]);
    expect(pasted.network).toEqual(network);
    expect(trainingSettingsSchema.parse({ ...pasted.settings })).toEqual(settings);
    expect(Object.keys(pasted.settings).sort()).toEqual([
      'batchSize',
      'epochs',
      'normalisation',
      'optimizer',
    ]);
  },
);

test('there are nets to go through', () => {
  expect(vectors.length).toBeGreaterThan(70);
});

test.each(['class', 'sequential'] as const)("Stride's own code is read back: %s", (style) => {
  for (const network of [...vectors, ...randomNetworks(150)]) {
    const code = toPyTorch(network, { style });
    const pasted = parsePyTorch(code);
    const errors = pasted.findings.filter(({ severity }) => severity === 'error');
    expect(errors, `${network.name}\n${code}`).toEqual([]);
    expect(pasted.network, `${network.name}\n${code}`).toEqual(canonicalNetwork(network));
  }
});

test('settings are read back', () => {
  const all = [
    { optimizer: { type: 'adam', learningRate: 0.002, beta1: 0.8, weightDecay: 0.01 }, seed: 7, epochs: 3 },
    { optimizer: { type: 'adamW' }, schedule: { type: 'step', stepSize: 2, gamma: 0.5 } },
    { optimizer: { type: 'rmsProp', momentum: 0.3 }, schedule: { type: 'cosine', minimum: 0.001 } },
    { optimizer: { type: 'adagrad', learningRateDecay: 0.1 }, schedule: { type: 'exponential', gamma: 0.8 } },
    {
      optimizer: { type: 'sgd', momentum: 0.9, nesterov: true },
      schedule: { type: 'oneCycle', maximum: 0.2 },
    },
    { clipping: { type: 'norm', maximum: 1.5 }, labelSmoothing: 0.1, batchSize: 17 },
    { clipping: { type: 'value', maximum: 0.5 }, initialisation: { type: 'kaimingNormal' } },
    { initialisation: { type: 'constant', value: 0.25 }, normalisation: 'none' },
    {
      normalisation: 'dataset',
      augmentation: { shift: 2, rotation: 10, scale: 0.1, horizontalFlip: true, noise: 0.05 },
    },
  ].map((each) => trainingSettingsSchema.parse(each));
  for (const settings of all) {
    const code = toPyTorch(course.network, { settings });
    const pasted = parsePyTorch(code);
    expect(trainingSettingsSchema.parse(pasted.settings), code).toEqual(settings);
    expect(pasted.network).toEqual(course.network);
  }
});

test('a class alone, with Chinese comments, other imports, and constants in variables', () => {
  const code = `
from torch import nn
import torch.nn.functional as F

通道数 = 6   # 中文注释
kernel = 2 * 2 + 1

class LeNet(nn.Module):  # 经典网络
    """手写数字识别"""
    def __init__(self, classes=10):
        super(LeNet, self).__init__()
        self.卷积1 = nn.Conv2d(in_channels=1, out_channels=通道数, kernel_size=kernel, padding='same')
        self.c2 = nn.Conv2d(通道数, 16, (kernel, kernel))
        self.drop = nn.Dropout(p=0.25)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.卷积1(x)), 2)
        x = F.max_pool2d(torch.tanh(self.c2(x)), kernel_size=2, stride=2)
        x = x.reshape(-1, 16 * 5 * 5)
        x = F.dropout(F.leaky_relu(self.fc1(x), 0.2), training=self.training)
        return self.fc2(self.drop(x))
`;
  const { network, findings } = parsePyTorch(code, { name: 'lenet' });
  expect(findings.map(({ code: name }) => name)).toEqual(['input-assumed']);
  expect(network).toEqual({
    name: 'lenet',
    input: { height: 28, width: 28, channels: 1 },
    layers: [
      { type: 'conv2d', filters: 6, kernelSize: 5, padding: 2 },
      { type: 'activation', function: 'relu' },
      { type: 'maxPool2d', kernelSize: 2 },
      { type: 'conv2d', filters: 16, kernelSize: 5 },
      { type: 'activation', function: 'tanh' },
      { type: 'maxPool2d', kernelSize: 2 },
      { type: 'flatten' },
      { type: 'linear', units: 120 },
      { type: 'activation', function: 'leakyRelu', negativeSlope: 0.2 },
      { type: 'dropout' },
      { type: 'dropout', p: 0.25 },
      { type: 'linear', units: 10 },
    ],
  });
});

test('nested nn.Sequential, an OrderedDict, blocks of a class of their own, a loop that makes layers', () => {
  const code = `
import torch.nn as nn
from collections import OrderedDict

class Block(nn.Module):
    def __init__(self, cin, cout, stride=1):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(cin, cout, 3, stride=stride, padding=1), nn.BatchNorm2d(cout), nn.ReLU(inplace=True),
            nn.Conv2d(cout, cout, 3, padding=1))
        if stride != 1 or cin != cout:
            self.shortcut = nn.Conv2d(cin, cout, 1, stride=stride)
        else:
            self.shortcut = nn.Identity()

    def forward(self, x):
        out = self.main(x)
        out += self.shortcut(x)
        return out.relu()

class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(OrderedDict([('conv', nn.Conv2d(3, 8, 3)), ('act', nn.ReLU())]))
        layers = []
        c = 8
        for width in [8, 16]:
            layers.append(Block(c, width, stride=width // c))
            c = width
        self.body = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d((1, 1))
        self.head = nn.Linear(c, 10)

    def forward(self, x):
        x = self.body(self.stem(x))
        return self.head(self.pool(x).flatten(1))

net = ResNet().to('cpu')
x = torch.randn(1, 3, 32, 32)
`;
  const { network, findings } = parsePyTorch(code);
  expect(findings).toEqual([]);
  expect(network?.input).toEqual({ height: 32, width: 32, channels: 3 });
  const inner = (filters: number, stride: object) => ({
    type: 'residual',
    layers: [
      { type: 'conv2d', filters, kernelSize: 3, padding: 1, ...stride },
      { type: 'batchNorm2d' },
      { type: 'activation', function: 'relu' },
      { type: 'conv2d', filters, kernelSize: 3, padding: 1 },
    ],
  });
  expect(network?.layers).toEqual([
    { type: 'conv2d', filters: 8, kernelSize: 3 },
    { type: 'activation', function: 'relu' },
    inner(8, {}),
    { type: 'activation', function: 'relu' },
    inner(16, { stride: 2 }),
    { type: 'activation', function: 'relu' },
    { type: 'globalAveragePool' },
    { type: 'linear', units: 10 },
  ]);
});

test('a net within a function that is called, with its training', () => {
  const code = `
import torch, torchvision
from torch import nn, optim
from torchvision import transforms
def main(lr=1e-3):
    torch.manual_seed(42)
    tf = transforms.Compose([transforms.ToTensor()])
    data = torchvision.datasets.FashionMNIST('d', transform=tf)
    loader = torch.utils.data.DataLoader(data, 128, True)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    opt = optim.Adam(model.parameters(), lr=lr, weight_decay=1e-4)
    for epoch in range(1, 6):
        for x, y in loader:
            loss = nn.functional.cross_entropy(model(x), y)
if __name__ == '__main__':
    main()
`;
  const { network, settings, findings } = parsePyTorch(code);
  expect(findings.map(({ code: name }) => name)).toEqual(['dataset-other']);
  expect(network?.layers).toEqual([{ type: 'flatten' }, { type: 'linear', units: 10 }]);
  expect(settings).toMatchObject({
    seed: 42,
    epochs: 5,
    batchSize: 128,
    normalisation: 'none',
    optimizer: { type: 'adam', learningRate: 0.001, weightDecay: 1e-4 },
  });
});

const net = (init: string, forward: string, after = '') => `import torch
import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(2704, 10)
        ${init}
    def forward(self, x):
        x = self.conv(x)
        ${forward}
        return self.fc(x.view(x.size(0), -1))
${after}`;

test('nothing to say of what is understood', () => {
  expect(codes(net('pass', 'pass'))).toEqual(['- input-assumed']);
});

test.each([
  ['pass', 'x = torch.cat([x, x], 1)', '', '12 operation-unknown'],
  ['self.u = nn.Upsample(2)', 'x = self.u(x)', '', '9 module-unknown'],
  ['self.c = nn.Conv2d(4, 4, 3, padding=1, groups=2)', 'x = self.c(x)', '', '9 argument-unsupported'],
  ['self.c = nn.Conv2d(4, 4, 4, padding="same")', 'x = self.c(x)', '', '9 padding-same-even'],
  ['self.c = nn.Conv2d(4, width, 3, padding=1)', 'x = self.c(x)', '', '9 argument-unreadable'],
  ['self.c = nn.Conv2d(5, 4, 3, padding=1)', 'x = self.c(x)', '', '9 mismatch-channels'],
  ['self.c = nn.Conv2d(4, 4, 3, padding=1)', 'x = self.c(self.c(x))', '', '12 shared-weights'],
  ['self.c = nn.Conv2d(4, 4, 3)', 'pass', '', '9 unused'],
  ['pass', 'x = x * 2', '', '12 operation-unknown'],
  ['pass', 'x = x.permute(0, 2, 3, 1)', '', '12 operation-unknown'],
  ['pass', 'x = x.view(-1, 4, 26)', '', '12 reshape'],
  ['pass', 'x = F.dropout(x, 0.3)', '', '12 dropout-always'],
  ['pass', 'if x.mean() > 0: x = F.relu(x)', '', '12 condition-unknown'],
  ['pass', 'x = F.softmax(x, dim=1)', '', '12 softmax-inside'],
  ['pass', 'pass', 'optimizer = torch.optim.Adadelta(Net().parameters())', '14 optimizer-unknown'],
  ['pass', 'pass', 'criterion = nn.MSELoss()', '14 loss-unknown'],
  ['pass', 'pass', 'scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(None)', '14 scheduler-unknown'],
])('what is not understood is named with its line: %s %s %s', (init, forward, after, expected) => {
  expect(codes(net(init, forward, after))).toContain(expected);
  expect(parsePyTorch(net(init, forward, after)).network).not.toBeNull();
});

test('softmax before cross-entropy is named; log_softmax with nll_loss is the same thing', () => {
  const ending = (line: string, loss: string) => `import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        x = self.fc(x.view(-1, 784))
        return ${line}
criterion = ${loss}
`;
  expect(codes(ending('F.softmax(x, dim=1)', 'nn.CrossEntropyLoss()'))).toContain('9 softmax-before-loss');
  expect(codes(ending('F.log_softmax(x, dim=1)', 'nn.NLLLoss()'))).toContain('9 log-softmax');
});

test('broken code, no code, and code without a net', () => {
  expect(codes('class Net(nn.Module:\n    pass')).toContain('1 syntax');
  expect(codes('')).toEqual(['- no-net']);
  expect(codes('print(1)\nwhile True: pass')).toEqual(['- no-net']);
  expect(codes('x = 0\nfor i in range(10000):\n  for j in range(10000):\n    x = x + 1\n')).toEqual([
    '- no-net',
  ]);
  // Every pass of a loop counts where it makes layers.
  const making = 'for i in range(9000):\n            for j in range(9000): i = j';
  expect(codes(net(making, 'pass', 'Net()'))).toContain('- too-long');
  expect(codes(`x = ${'('.repeat(20_000)}1`)).toContain('- no-net');
});

describe('looksLikePyTorch', () => {
  test.each(['import torch', 'self.conv1 = nn.Conv2d(1, 10, 5)', 'x = F.relu(self.pool(x))'])(
    'takes %s',
    (code) => expect(looksLikePyTorch(code)).toBe(true),
  );
  test.each(['print("hello")', '{"name": "torch", "layers": []}', 'nn.', ''])('leaves %s', (text) =>
    expect(looksLikePyTorch(text)).toBe(false),
  );
});
