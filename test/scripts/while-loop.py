import torch
from torch import nn
from torchvision import datasets, transforms as T

aug = T.Compose([T.RandomCrop(28, padding=4), T.RandomHorizontalFlip(), T.ToTensor(), T.RandomErasing(p=0.2)])
ds = datasets.FashionMNIST('.', train=True, transform=aug, download=True)
dl = torch.utils.data.DataLoader(ds, batch_size=100, shuffle=True, drop_last=True)
net = nn.Sequential()
net.add_module('c1', nn.Conv2d(1, 32, 3))
net.add_module('r1', nn.ReLU(True))
net.add_module('p1', nn.MaxPool2d(2, 2))
net.add_module('c2', nn.Conv2d(32, 64, 3, groups=2))
net.add_module('r2', nn.PReLU())
net.add_module('p2', nn.MaxPool2d(2, 2))
net.add_module('f', nn.Flatten())
net.add_module('l', nn.Linear(64 * 5 * 5, 10))
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
best, epoch = float('inf'), 0
while epoch < 30:
    total = 0
    for x, y in dl:
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y, label_smoothing=0.05)
        loss.backward()
        torch.nn.utils.clip_grad_value_(net.parameters(), 0.5)
        opt.step()
        total += loss.item()
    epoch += 1
    if total > best: break
    best = total
