from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms


@dataclass(frozen=True)
class ModelConfig:
    widths: tuple[int, ...] = (1, 12, 24)
    kernel: int = 5
    hidden: list[int] = field(default_factory=lambda: [96, 48])
    p_drop: float = 0.3
    activation: str = 'gelu'


@dataclass
class TrainConfig:
    model: ModelConfig = field(default_factory=ModelConfig)
    epochs: int = 20
    batch_size: int = 256
    lr: float = 5e-4
    weight_decay: float = 1e-2
    seed: int = 1234


ACTIVATIONS = {'relu': nn.ReLU, 'gelu': nn.GELU, 'tanh': nn.Tanh}


class ConvNet(nn.Module):
    def __init__(self, config: ModelConfig, image: int = 28) -> None:
        super().__init__()
        act = ACTIVATIONS[config.activation]
        layers: list[nn.Module] = []
        size = image
        for cin, cout in zip(config.widths[:-1], config.widths[1:]):
            layers += [nn.Conv2d(cin, cout, config.kernel), act(), nn.MaxPool2d(2)]
            size = (size - config.kernel + 1) // 2
        layers.append(nn.Flatten())
        features = config.widths[-1] * size ** 2
        for width in config.hidden:
            layers += [nn.Linear(features, width), act(), nn.Dropout(config.p_drop)]
            features = width
        layers.append(nn.Linear(features, 10))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


class Trainer:
    def __init__(self, config: TrainConfig) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.model = ConvNet(config.model)
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=config.lr, weight_decay=config.weight_decay
        )
        self.criterion = nn.CrossEntropyLoss()

    def _loader(self, train: bool) -> DataLoader:
        data = datasets.FashionMNIST('.', train=train, transform=transforms.ToTensor(), download=True)
        return DataLoader(data, batch_size=self.config.batch_size if train else 2048, shuffle=train)

    def _step(self, x: Tensor, y: Tensor) -> float:
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def evaluate(self) -> float:
        right, total = 0, 0
        for x, y in self._loader(train=False):
            right += (self.model(x).argmax(1) == y).sum().item()
            total += len(y)
        return right / max(total, 1)

    def fit(self) -> None:
        loader = self._loader(train=True)
        for epoch in range(1, self.config.epochs + 1):
            losses = [self._step(x, y) for x, y in loader]
            print(epoch, sum(losses) / len(losses), self.evaluate())


Trainer(TrainConfig(epochs=12)).fit()
