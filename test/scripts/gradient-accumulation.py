import torch, torch.nn as nn, torch.nn.functional as F
from torch.optim.lr_scheduler import ReduceLROnPlateau, LambdaLR

class Swish(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)

class Block(nn.Sequential):
    def __init__(self, cin, cout, k=3):
        super().__init__(nn.Conv2d(cin, cout, k, padding=k // 2), nn.BatchNorm2d(cout), nn.ReLU())

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(1, 16)
        self.b1 = Block(16, 16)
        self.b2 = Block(16, 32, k=5)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(32 * 7 * 7, 10)
    def forward(self, x):
        x = self.stem(x)
        x = x + self.b1(x)
        x = self.pool(x)
        x = self.pool(self.b2(x))
        return self.fc(x.view(x.shape[0], -1))

model = Net()
opt = torch.optim.Adam([
    {'params': model.stem.parameters(), 'lr': 1e-4},
    {'params': model.fc.parameters()},
], lr=1e-3)
sched = ReduceLROnPlateau(opt, factor=0.5, patience=2)
accum = 4
for epoch in range(10):
    for i, (x, y) in enumerate(train_loader):
        loss = F.cross_entropy(model(x), y) / accum
        loss.backward()
        if (i + 1) % accum == 0:
            opt.step()
            opt.zero_grad()
    sched.step(val_loss)
