from collections import OrderedDict
import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Subset, random_split
from torchvision.datasets import MNIST
import torchvision.transforms as T

torch.manual_seed(7)
EPOCHS, BS, LR = 6, 128, 3e-4
tfm = T.Compose([T.RandomRotation(10), T.ToTensor(), T.Normalize(0.1307, 0.3081)])
full = MNIST('data', train=True, download=True, transform=tfm)
train_ds, val_ds = random_split(full, [55000, 5000], generator=torch.Generator().manual_seed(3))
train_dl = DataLoader(train_ds, BS, shuffle=True, num_workers=2, drop_last=False)
val_dl = DataLoader(val_ds, BS * 2)

model = nn.Sequential(OrderedDict([
    ('conv1', nn.Conv2d(1, 16, kernel_size=5, padding=2)),
    ('bn1', nn.BatchNorm2d(16)),
    ('act1', nn.LeakyReLU(0.1, inplace=True)),
    ('pool1', nn.MaxPool2d(kernel_size=2, stride=2)),
    ('conv2', nn.Conv2d(16, 32, kernel_size=5, padding='same', bias=False)),
    ('bn2', nn.BatchNorm2d(32)),
    ('act2', nn.LeakyReLU(0.1, inplace=True)),
    ('pool2', nn.AdaptiveAvgPool2d((1, 1))),
    ('flat', nn.Flatten()),
    ('fc', nn.Linear(32, 10)),
]))
opt = optim.AdamW(model.parameters(), lr=LR, weight_decay=1e-2)
sched = optim.lr_scheduler.OneCycleLR(opt, max_lr=1e-2, epochs=EPOCHS, steps_per_epoch=len(train_dl))
crit = nn.CrossEntropyLoss(label_smoothing=0.1)
for epoch in range(EPOCHS):
    model.train()
    for xb, yb in train_dl:
        opt.zero_grad(set_to_none=True)
        loss = crit(model(xb), yb)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
        opt.step()
        sched.step()
