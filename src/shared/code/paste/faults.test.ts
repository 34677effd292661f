/**
 * Regression tests with snippets of forty public scripts that were once misread, and variants of them: no wrong net or
 * setting without a finding.
 */
import { expect, test } from 'vitest';
import { parsePyTorch } from '../parsePyTorch.ts';

const torch = 'import torch, torch.nn as nn, torch.nn.functional as F, argparse\n';

/** Reads the net as its kinds with their arguments. */
const read = (code: string) => {
  const pasted = parsePyTorch(torch + code);
  return {
    ...pasted,
    layers: pasted.network?.layers,
    // The line of the imports is excluded, and so are findings about the image size alone.
    codes: pasted.findings
      .filter((finding) => finding.code !== 'input-assumed')
      .map((finding) => `${(finding.line ?? 1) - 1} ${finding.code}`),
  };
};

const sgd = (learningRate: number) => ({
  type: 'sgd',
  learningRate,
  momentum: 0,
  nesterov: false,
  weightDecay: 0,
});
const layers = [{ type: 'flatten' }, { type: 'linear', units: 10 }];

test("the batch size is the training loader's", () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
train = DataLoader(datasets.MNIST('.', train=True, transform=t), batch_size=64, shuffle=True)
test = DataLoader(datasets.MNIST('.', train=False, transform=t), batch_size=1000, shuffle=True)`);
  expect(pasted.settings.batchSize).toBe(64);
  expect(pasted.codes).toEqual([]);
});

test('two nets that are trained are both offered', () => {
  const pasted = read(`big = nn.Sequential(nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Linear(100, 10))
small = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
for net in (big, small):
    torch.optim.SGD(net.parameters(), lr=0.1)`);
  expect(pasted.choices.map(({ network }) => network?.layers.length)).toEqual([4, 2]);
  expect(pasted.codes).toEqual(['4 several-trainings']);
});

test('items() and ** are followed', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.a = nn.Linear(784, width); self.b = nn.Linear(width, 10)
    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1))))
for name, size in {'s': {'width': 4}, 'l': {'width': 32}}.items():
    model = Net(**size)
    torch.optim.SGD(model.parameters(), lr=0.1)`);
  expect(pasted.choices.map(({ network }) => network?.layers[1])).toEqual([
    { type: 'linear', units: 4 },
    { type: 'linear', units: 32 },
  ]);
  expect(pasted.codes).toEqual(['9 several-trainings']);
});

test('a ** that cannot be read is named', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.a = nn.Linear(784, width); self.b = nn.Linear(width, 10)
    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1))))
model = Net(**load('x.yaml'))
torch.optim.SGD(model.parameters(), lr=0.1)`);
  expect(pasted.codes).toEqual(['7 arguments-unread']);
});

test('a condition that is not known offers both branches', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
if args.adam: optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
else: optimizer = torch.optim.SGD(net.parameters(), lr=0.3)`);
  expect(pasted.choices.map(({ settings }) => settings.optimizer?.learningRate)).toEqual([0.002, 0.3]);
  expect(pasted.codes).toEqual(['2 several-trainings', '2 condition-setting']);
});

test("argparse's defaults decide a condition, and are named", () => {
  const pasted = read(`p = argparse.ArgumentParser()
p.add_argument('--adam', action='store_true')
p.add_argument('--lr', type=float, default=0.3)
args = p.parse_args()
net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
if args.adam: optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
else: optimizer = torch.optim.SGD(net.parameters(), lr=args.lr)`);
  expect(pasted.settings.optimizer).toEqual(sgd(0.3));
  expect(pasted.choices).toHaveLength(1);
  expect(pasted.findings.find(({ code }) => code === 'argparse-defaults')?.parameters).toEqual({
    options: '--lr 0.3, --adam False',
  });
});

test('two trainings of one net have their own epochs', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
for epoch in range(5): pass
optimizer = torch.optim.SGD(net.parameters(), lr=0.3)
for epoch in range(20): pass`);
  expect(pasted.choices.map(({ settings }) => [settings.optimizer?.type, settings.epochs])).toEqual([
    ['adam', 5],
    ['sgd', 20],
  ]);
  expect(pasted.codes).toEqual(['2 several-trainings']);
});

test('settings that cannot be read are named', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
loader = DataLoader(data, batch_size=args.batch_size, shuffle=True)
for epoch in range(args.epochs): pass`);
  expect(pasted.settings).toEqual({});
  expect(pasted.codes).toEqual(['2 argument-unreadable', '3 epochs-unreadable']);
});

test('a list under two names is one list', () => {
  const pasted = read(`parts = []; same = parts
same += [nn.Conv2d(1, 4, 5)]
net = nn.Sequential(*parts, nn.Flatten(), nn.Linear(2304, 10))`);
  expect(pasted.network?.input).toEqual({ height: 28, width: 28, channels: 1 });
  expect(pasted.layers?.[0]).toEqual({ type: 'conv2d', filters: 4, kernelSize: 5 });
  expect(pasted.codes).toEqual([]);
});

test('numbers that end in a point', () => {
  const pasted = read(`x = 100.
net = nn.Sequential(nn.Flatten(), nn.Dropout(0.), nn.Linear(784, 10))
a = [0.]
o = torch.optim.SGD(net.parameters(), lr=1., weight_decay=1.e-3)`);
  expect(pasted.settings.optimizer).toEqual({ ...sgd(1), weightDecay: 0.001 });
  expect(pasted.layers?.[1]).toEqual({ type: 'dropout', p: 0 });
  expect(pasted.codes).toEqual([]);
});

test('no mismatch follows from a layer that was left out', () => {
  const pasted = read(
    `net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Upsample(2), nn.Flatten(), nn.Linear(10816, 10))`,
  );
  expect(pasted.codes).toEqual(['1 module-unknown']);
});

test('num_flat_features', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        x = x.view(-1, self.num_flat_features(x))
        return self.fc(x)
    def num_flat_features(self, x):
        n = 1
        for s in x.size()[1:]: n *= s
        return n`);
  expect(pasted.layers).toEqual(layers);
  expect(pasted.codes).toEqual([]);
});

test('transforms of a set that is not trained on say nothing', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
t1 = transforms.Compose([transforms.Resize(64), transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
other = datasets.CIFAR10('.', transform=t1)
t = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
train = DataLoader(datasets.MNIST('.', train=True, transform=t), batch_size=64, shuffle=True)`);
  expect(pasted.network?.input).toEqual({ height: 28, width: 28, channels: 1 });
  expect(pasted.settings.normalisation).toBe('course');
  expect(pasted.codes).toEqual([]);
});

test('a reshape that changes nothing', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 2, 3)
        self.fc = nn.Linear(1352, 10)
    def forward(self, x):
        x = x.view(-1, 1, 28, 28)
        return self.fc(self.c(x).flatten(1))`);
  expect(pasted.layers).toHaveLength(3);
  expect(pasted.findings).toEqual([]);
});

test('initial weights over self.modules()', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
        for m in self.modules():
            if isinstance(m, nn.Linear): nn.init.kaiming_normal_(m.weight)
    def forward(self, x):
        return self.fc(x.flatten(1))`);
  expect(pasted.settings.initialisation).toEqual({ type: 'kaimingNormal' });
  expect(pasted.codes).toEqual([]);
});

test('initial weights for some layers only', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(1, 2, 3)
        self.fc = nn.Linear(1352, 10)
        for m in self.modules():
            if isinstance(m, nn.Linear): nn.init.kaiming_normal_(m.weight)
    def forward(self, x):
        return self.fc(self.c(x).flatten(1))`);
  expect(pasted.settings.initialisation).toBeUndefined();
  expect(pasted.codes).toEqual(['7 init-partial']);
});

test('sizes that a made-up tensor gives', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 3, 5)
        self.n = F.max_pool2d(self.conv(torch.zeros(1, 1, 28, 28)), 2).numel()
        self.fc1 = nn.Linear(self.n, 50)
        self.fc2 = nn.Linear(50, 10)
    def forward(self, x):
        x = F.max_pool2d(self.conv(x), 2)
        return self.fc2(F.relu(self.fc1(x.view(-1, self.n))))`);
  expect(pasted.layers?.[3]).toEqual({ type: 'linear', units: 50 });
  expect(pasted.findings).toEqual([]);
});

test('arguments and kinds that change nothing here', () => {
  const pasted = read(
    `net = nn.Sequential(nn.LazyConv2d(4, 3), nn.MaxPool2d(2, ceil_mode=True), nn.Flatten(), nn.Dropout2d(0.3), nn.LazyLinear(10))`,
  );
  expect(pasted.layers).toEqual([
    { type: 'conv2d', filters: 4, kernelSize: 3 },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'flatten' },
    { type: 'dropout', p: 0.3 },
    { type: 'linear', units: 10 },
  ]);
  expect(pasted.codes).toEqual([]);
});

test('a net that is only printed is not the net; DataParallel is', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10))
print(nn.Sequential(*list(net.children())[:1]))
net = nn.DataParallel(net)`);
  expect(pasted.layers).toHaveLength(4);
  expect(pasted.codes).toEqual([]);
});

test('part of a net is trained', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10))
optim.SGD(net[1].parameters())`);
  expect(pasted.layers).toHaveLength(4);
  expect(pasted.codes).toEqual(['2 part-trained']);
});

test('a Lightning module alone', () => {
  const pasted = read(`class Lit(pl.LightningModule):
    def __init__(self, lr=2e-3):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    def training_step(self, batch, batch_idx):
        x, y = batch
        return nn.functional.cross_entropy(self.net(x), y)
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)`);
  expect(pasted.layers).toEqual(layers);
  expect(pasted.settings.optimizer).toMatchObject({ type: 'adam', learningRate: 0.002 });
  expect(pasted.codes).toEqual([]);
});

test('a long plain loop ends, and has no epochs', () => {
  const pasted = read(`net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for step in range(20000):
    x, y = next(it)
    loss = nn.functional.cross_entropy(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()`);
  expect(pasted.layers).toEqual(layers);
  expect(pasted.settings.optimizer).toEqual(sgd(0.1));
  expect(pasted.codes).toEqual(['3 steps-not-epochs']);
});

test("the author's own mistake is told with PyTorch's message and the remedy", () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.fc = nn.Linear(300, 10)
    def forward(self, x):
        x = F.relu(F.max_pool2d(self.conv1(x), 2))
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        x = x.view(x.size(0), -1)
        return self.fc(x)
d = datasets.MNIST('.')`);
  expect(pasted.layers?.at(-1)).toEqual({ type: 'linear', units: 10 });
  expect(pasted.codes).toEqual(['6 mismatch-features']);
  expect(pasted.findings[0]).toMatchObject({
    severity: 'mistake',
    parameters: {
      message: 'mat1 and mat2 shapes cannot be multiplied (64x320 and 300x10)',
      fix: 'nn.Linear(320, 10)',
    },
  });
});

test('layers that are counted from another number, and found again by name', () => {
  const pasted = read(`class Net(nn.Module):
    def __init__(self):
        super().__init__()
        for i, (a, b) in enumerate(zip([1, 4], [4, 8]), start=1):
            self.add_module(f'conv{i}', nn.Conv2d(a, b, 3))
        self.fc = nn.Linear(8 * 24 * 24, 10)
    def forward(self, x):
        for i in range(1, 3):
            x = getattr(self, f'conv{i}')(x)
        return self.fc(x.flatten(1))
net = Net()`);
  expect(pasted.layers).toHaveLength(4);
  expect(pasted.codes).toEqual([]);
});
