import torch, torchvision
import torch.nn as nn
from torch.utils.data import Subset, DataLoader, SubsetRandomSampler
import torchvision.transforms as transforms
import numpy as np

np.random.seed(0); torch.manual_seed(0)
transform = transforms.Compose([transforms.Resize((32, 32)), transforms.RandomAffine(degrees=15, translate=(0.1, 0.1), scale=(0.9, 1.1)), transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
trainset = torchvision.datasets.MNIST('./data', train=True, download=True, transform=transform)
idx = np.random.permutation(len(trainset))[:10000]
small = Subset(trainset, idx)
loader = DataLoader(small, batch_size=64, shuffle=True)

class LeNet(nn.Module):
    def __init__(self):
        super(LeNet, self).__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = nn.AvgPool2d(2, 2)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.s4 = nn.AvgPool2d(2, 2)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.f7 = nn.Linear(84, 10)
    def forward(self, x):
        x = torch.sigmoid(self.c1(x)); x = self.s2(x)
        x = torch.sigmoid(self.c3(x)); x = self.s4(x)
        x = torch.sigmoid(self.c5(x))
        x = x.view(-1, 120)
        x = torch.sigmoid(self.f6(x))
        return self.f7(x)

net = LeNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    for X, y in loader:
        l = criterion(net(X), y)
        optimizer.zero_grad()
        l.backward()
        optimizer.step()
