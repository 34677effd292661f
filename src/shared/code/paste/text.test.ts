/**
 * Copied code contains more than Python: this tests such text, unknown conditions, and mistakes of the script's author.
 */
import { expect, test } from 'vitest';
import { parsePyTorch } from '../parsePyTorch.ts';

const torch = 'import torch, torch.nn as nn, torch.nn.functional as F\n';
const sgd = (learningRate: number) => ({
  type: 'sgd',
  learningRate,
  momentum: 0,
  nesterov: false,
  weightDecay: 0,
});
const net = 'net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))\n';
const layers = [{ type: 'flatten' }, { type: 'linear', units: 10 }];

test('prompts', () => {
  const pasted = parsePyTorch(`>>> import torch
>>> import torch.nn as nn
>>> class Net(nn.Module):
...     def __init__(self):
...         super().__init__()
...         self.fc = nn.Linear(784, 10)
...     def forward(self, x):
...         return self.fc(x.view(x.shape[0], -1))
...
>>> net = Net()
>>> print(net)
Net(
  (fc): Linear(in_features=784, out_features=10, bias=True)
)`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers).toEqual(layers);
  expect(codes).toEqual(['- input-assumed']);
});

test('prose between lines of code', () => {
  const pasted = parsePyTorch(`First we import the library.

import torch
from torch import nn

Then, we define the network (a simple one):

net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

下面开始训练：
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
Epoch 1, loss 0.3`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers).toEqual(layers);
  expect(pasted.settings.optimizer).toEqual(sgd(0.1));
  expect(codes).toEqual(['- input-assumed', '1 prose']);
});

test('full-width punctuation is named and read', () => {
  const pasted = parsePyTorch(`import torch.nn as nn
class Net(nn.Module):
    def __init__(self)：
        super().__init__()
        self.fc = nn.Linear(784， 10)  # 全连接层，输出（10）
    def forward(self, x):
	return self.fc(x.view（x.shape[0], -1))`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers).toEqual(layers);
  expect(codes).toEqual(['- input-assumed', '3 full-width', '5 full-width', '7 full-width']);
});

test('line numbers', () => {
  const pasted = parsePyTorch(`1  import torch.nn as nn
2  class Net(nn.Module):
3      def __init__(self):
4          super().__init__()
5          self.fc = nn.Linear(784, 10)
6      def forward(self, x):
7          return self.fc(x.flatten(1))`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers).toEqual(layers);
  expect(codes).toEqual(['- input-assumed']);
});

test('methods without their class', () => {
  const pasted = parsePyTorch(`    def __init__(self):
        super(Net, self).__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4*26*26, 10)
    def forward(self, x):
        x = torch.relu(self.conv(x))
        return self.fc(x.view(-1, 4*26*26))`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers).toHaveLength(4);
  expect(codes).toEqual(['- input-assumed']);
});

test('a value under a condition that is not known', () => {
  const pasted = parsePyTorch(`import torch.nn as nn
if big: width = 64
else: width = 8
net = nn.Sequential(nn.Flatten(), nn.Linear(784, width), nn.ReLU(), nn.Linear(width, 10))`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers[1]).toEqual({ type: 'linear', units: 8 });
  expect(codes).toEqual(['- input-assumed', '2 condition-value']);
});

test('an optimizer that is replaced before it steps is not trained with', () => {
  const pasted = parsePyTorch(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = optim.SGD(net.parameters(), lr=0.01)
optimizer = optim.Adam(net.parameters(), lr=0.001)
for epoch in range(10):
    for x, y in loader:
        loss = F.cross_entropy(net(x), y)
        optimizer.zero_grad(); loss.backward(); optimizer.step()`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.settings).toMatchObject({ epochs: 10, optimizer: { type: 'adam' } });
  expect(pasted.choices).toHaveLength(1);
  expect(codes).toEqual(['- input-assumed']);
});

test('a loop that may end early', () => {
  const pasted = parsePyTorch(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = optim.SGD(net.parameters(), lr=0.01)
for epoch in range(100):
    for i, (x, y) in enumerate(train_loader):
        loss = F.cross_entropy(net(x), y)
        optimizer.step()
        if i > 10: break
    if val > best: best = val
    else:
        bad += 1
        if bad >= 5:
            break`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.settings.epochs).toBe(100);
  expect(codes).toEqual(['- input-assumed', '7 loop-may-end', '11 loop-may-end']);
});

test('a forgotten flatten', () => {
  const pasted = parsePyTorch(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5)
        self.fc = nn.Linear(4*24*24, 10)
    def forward(self, x):
        return self.fc(F.relu(self.conv(x)))
data = datasets.MNIST('.')`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(pasted.network?.layers.map(({ type }) => type)).toEqual([
    'conv2d',
    'activation',
    'flatten',
    'linear',
  ]);
  expect(codes).toEqual(['5 not-flattened']);
});

test('a reshape to another size is one mistake', () => {
  const pasted = parsePyTorch(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5)
        self.fc = nn.Linear(1000, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = x.view(-1, 1000)
        return self.fc(x)
data = datasets.MNIST('.')`);
  const codes = pasted.findings.map(({ line, code }) => `${line ?? '-'} ${code}`);
  expect(codes).toEqual(['8 mismatch-view']);
  expect(pasted.findings[0]?.parameters).toMatchObject({ said: 1000, given: 576, fix: 'x.view(-1, 576)' });
});

test('spaces, line ends and marks that copied code has', () => {
  const code = `${torch}\u00a0\u00a0\n${net}`.replaceAll('\n', '\r\n');
  const pasted = parsePyTorch(
    `\ufeff${code.replace('nn.Linear(', 'nn.Linear(\u200b').replace(', 10', ',\u00a010')}`,
  );
  expect(pasted.network?.layers).toEqual(layers);
  expect(pasted.findings.map(({ code: name }) => name)).toEqual(['odd-spaces', 'input-assumed']);
});

test('`not` binds more closely than `and` and `or`', () => {
  const pasted = parsePyTorch(
    torch + `${net}o = torch.optim.SGD(net.parameters(), lr=1 if not False and False or not True else 2)`,
  );
  expect(pasted.settings.optimizer).toEqual(sgd(2));
});

test('deep nesting, long text and loops that make layers end', () => {
  expect(parsePyTorch(torch + `x = ${'['.repeat(50_000)}`).network).toBeNull();
  expect(parsePyTorch(torch + 'def f(x): return f(x) + f(x)\nf(1)\n' + net).network?.layers).toEqual(layers);
  const endless =
    'layers = []\nfor i in range(10**9): layers.append(nn.ReLU())\nnet = nn.Sequential(*layers)\n';
  expect(parsePyTorch(torch + endless).findings).not.toEqual([]);
});
