import torch
from torch import nn, optim
from torch.utils.data import DataLoader
from torchvision import datasets
from torchvision.transforms import Compose, Normalize, ToTensor


class Model:
    """compile, fit and evaluate, as in Keras."""

    def __init__(self, *layers):
        self.net = nn.Sequential(*layers)
        self.optimizer = None
        self.loss_fn = None

    def add(self, layer):
        self.net.add_module(str(len(self.net)), layer)

    def compile(self, optimizer='sgd', loss='categorical_crossentropy', **options):
        optimizers = {'sgd': optim.SGD, 'adam': optim.Adam, 'rmsprop': optim.RMSprop}
        losses = {'categorical_crossentropy': nn.CrossEntropyLoss()}
        self.optimizer = optimizers[optimizer](self.net.parameters(), **options)
        self.loss_fn = losses[loss]

    def fit(self, dataset, batch_size=32, epochs=1, verbose=True):
        loader = DataLoader(dataset, batch_size=batch_size, shuffle=True)
        for epoch in range(epochs):
            total = 0.0
            for x, y in loader:
                self.optimizer.zero_grad()
                loss = self.loss_fn(self.net(x), y)
                loss.backward()
                self.optimizer.step()
                total += float(loss)
            if verbose:
                print('epoch', epoch, total)
        return self


model = Model(
    nn.Conv2d(1, 32, (3, 3)),
    nn.ReLU(),
    nn.MaxPool2d((2, 2)),
)
model.add(nn.Conv2d(32, 64, (3, 3)))
model.add(nn.ReLU())
model.add(nn.MaxPool2d((2, 2)))
model.add(nn.Flatten())
model.add(nn.Dropout(0.5))
model.add(nn.Linear(1600, 10))
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', lr=0.001, alpha=0.9)
data = datasets.MNIST('data', train=True, download=True, transform=Compose([ToTensor(), Normalize((0.1307,), (0.3081,))]))
model.fit(data, batch_size=128, epochs=15)
