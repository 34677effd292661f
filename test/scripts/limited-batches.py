import torch
from torch import nn
import torch.nn.functional as F
model = nn.Sequential(nn.Conv2d(1, 8, 3, stride=2), nn.ReLU6(), nn.Conv2d(8, 16, 3, stride=2), nn.Hardswish(), nn.Flatten(), nn.Linear(16 * 6 * 6, 10))
opt = torch.optim.NAdam(model.parameters(), lr=2e-3)
for epoch in range(5):
    for i, (x, y) in enumerate(train_loader):
        if i >= 100:
            break
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
