"""Nets that a course uses beside its own two, each as a contestant in PyTorch. typical.ts has the same nets for Stride.

`script(name)` returns what course.py and homework.py have as a module: the net, the loss, the optimizer and the data
sets. MNIST_ROOT is the folder that torchvision's MNIST takes as its root.
"""

import os
from types import SimpleNamespace

import torch.nn as nn
import torch.optim as optim
from torchvision import datasets


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(),
        nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )


def batch_norm():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1568, 10),
    )


class Block(nn.Module):
    """Two 3×3 convolutions beside a shortcut, which is a 1×1 convolution if the shape changes."""

    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU(),
            nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters),
        )
        same = inputs == filters and stride == 1
        self.shortcut = nn.Identity() if same else nn.Conv2d(inputs, filters, 1, stride)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.relu(self.layers(x) + self.shortcut(x))


def resnet():
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
        Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )


def linear():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(),
        nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10),
    )


nets = {'lenet5': lenet5, 'batch-norm': batch_norm, 'resnet': resnet, 'linear': linear}


def script(name):
    root = os.environ.get('MNIST_ROOT', 'dataset/mnist')
    model = nets[name]()
    return SimpleNamespace(
        model=model,
        criterion=nn.CrossEntropyLoss(),
        optimizer=optim.SGD(model.parameters(), lr=0.01, momentum=0.5),
        batch_size=64,
        train_dataset=datasets.MNIST(root=root, train=True, download=False),
        test_dataset=datasets.MNIST(root=root, train=False, download=False),
    )
