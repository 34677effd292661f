import torch, torch.nn as nn, torch.nn.functional as F

class ConvNet(nn.Module):
    def __init__(self, channels=(1, 8, 16, 32), hidden=[64, 32], n_classes=10, p=0.3):
        super().__init__()
        self.convs = nn.ModuleList([
            nn.Conv2d(channels[i], channels[i + 1], 3, padding=1) for i in range(len(channels) - 1)
        ])
        self.norms = nn.ModuleList(nn.BatchNorm2d(c) for c in channels[1:])
        dims = [channels[-1] * 3 * 3] + hidden
        self.fcs = nn.ModuleList([nn.Linear(a, b) for a, b in zip(dims[:-1], dims[1:])])
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden[-1], n_classes)

    def forward(self, x):
        for conv, norm in zip(self.convs, self.norms):
            x = F.max_pool2d(F.relu(norm(conv(x))), 2)
        x = x.flatten(1)
        for fc in self.fcs:
            x = self.drop(torch.relu(fc(x)))
        return self.out(x)

net = ConvNet()
optimizer = torch.optim.RMSprop(net.parameters(), lr=1e-3, alpha=0.9, momentum=0.9)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=12, eta_min=1e-5)
criterion = nn.CrossEntropyLoss()
num_epochs = 12
for epoch in range(num_epochs):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(net(images), labels).backward()
        optimizer.step()
    scheduler.step()
