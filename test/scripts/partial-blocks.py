import torch, torch.nn as nn
from functools import partial
conv = partial(nn.Conv2d, kernel_size=3, padding=1)
class Net(nn.Module):
    def __init__(self, width=16, depth=2, act=nn.ReLU, dropout=0.):
        super().__init__()
        blocks = []
        ch = 1
        for i in range(depth):
            out = width * 2 ** i
            blocks.extend([conv(ch, out), act(), nn.MaxPool2d(2)])
            if dropout > 0:
                blocks.append(nn.Dropout(dropout))
            ch = out
        self.body = nn.Sequential(*blocks)
        side = 28 // 2 ** depth
        self.head = nn.Linear(ch * side * side, 10)
    def forward(self, x):
        h = self.body(x)
        return self.head(torch.flatten(h, 1))
def make_optimizer(name, params, lr):
    if name == 'sgd': return torch.optim.SGD(params, lr=lr, momentum=0.9)
    if name == 'adamw': return torch.optim.AdamW(params, lr=lr)
    raise ValueError(name)
net = Net(width=12, depth=2, act=nn.GELU, dropout=0.2)
optimizer = make_optimizer('adamw', net.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total_steps=4690)
scheduler2 = None
epochs, bs = 10, 128
train_dl = torch.utils.data.DataLoader(train_ds, bs, True)
for epoch in range(epochs):
    for xb, yb in train_dl:
        loss = nn.functional.cross_entropy(net(xb), yb)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        scheduler.step()
