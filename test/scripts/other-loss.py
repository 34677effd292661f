import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, (3, 5), stride=(1, 2), padding=(1, 2))
        self.fc = nn.Linear(8 * 14 * 7, 10)
    def forward(self, x):
        x = F.max_pool2d(torch.tanh(self.conv(x)), (2, 2))
        x = torch.flatten(x, start_dim=1)
        return F.softmax(self.fc(x), dim=-1)

net = Net()
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, dampening=0.1, momentum=0.5)
for epoch in range(5):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(net(x), F.one_hot(y, 10).float())
        loss.backward()
        optimizer.step()
