import torch
import torch.nn as nn
import torch.nn.functional as F
from torchvision import datasets, transforms

torch.manual_seed(7)
train_data = datasets.MNIST('./data', train=True, download=True, transform=transforms.ToTensor())
test_data = datasets.MNIST('./data', train=False, transform=transforms.ToTensor())


class MLP(nn.Module):
    def __init__(self, n_hidden, n_layers=1, dropout=0.0):
        super().__init__()
        sizes = [784] + [n_hidden] * n_layers
        self.hidden = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.drop = nn.Dropout(dropout) if dropout > 0 else None
        self.out = nn.Linear(n_hidden, 10)

    def forward(self, x):
        x = torch.flatten(x, start_dim=1)
        for i, layer in enumerate(self.hidden):
            x = F.relu(layer(x))
            if self.drop is not None and i < len(self.hidden) - 1:
                x = self.drop(x)
        return self.out(x)


class CNN(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 5, stride=2)
        self.fc = nn.Linear(channels * 12 * 12, 10)

    def forward(self, x):
        return self.fc(torch.flatten(torch.tanh(self.conv(x)), 1))


def train(model, opt, n_epochs, batch_size):
    loader = torch.utils.data.DataLoader(train_data, batch_size=batch_size, shuffle=True)
    for epoch in range(n_epochs):
        for data, label in loader:
            opt.zero_grad()
            F.cross_entropy(model(data), label).backward()
            opt.step()


def test(model):
    loader = torch.utils.data.DataLoader(test_data, batch_size=1000)
    model.eval()
    with torch.no_grad():
        return sum((model(x).argmax(1) == y).sum().item() for x, y in loader)


def main():
    experiments = {
        'shallow': dict(n_hidden=64),
        'deep': dict(n_hidden=32, n_layers=3, dropout=0.25),
    }
    results = {}
    for name, options in experiments.items():
        model = MLP(**options)
        train(model, torch.optim.SGD(model.parameters(), lr=0.1), n_epochs=3, batch_size=64)
        results[name] = test(model)
    cnn = CNN(channels=8)
    train(cnn, torch.optim.Adam(cnn.parameters()), n_epochs=2, batch_size=32)
    results['cnn'] = test(cnn)
    print(results)


if __name__ == '__main__':
    main()
