"""Makes vector files for `stride verify`: small nets with PyTorch's results.

    python scripts/vectors.py test/vectors/extra            makes the cases of vector_cases.py
    python scripts/vectors.py --check test/vectors/pytorch  computes the cases of a folder again and compares

The script needs PyTorch. test/vectors/README.md describes the format. --check shows that files from another version of
PyTorch still agree with PyTorch, and that this script interprets a network as their author did.
"""

import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from vector_cases import CASES


class Residual(nn.Module):
    def __init__(self, layers, shortcut=None):
        super().__init__()
        self.layers = layers
        self.shortcut = shortcut

    def forward(self, x):
        return self.layers(x) + (x if self.shortcut is None else self.shortcut(x))


ACTIVATIONS = {
    "relu": lambda layer: nn.ReLU(),
    "leakyRelu": lambda layer: nn.LeakyReLU(layer.get("negativeSlope", 0.01)),
    "elu": lambda layer: nn.ELU(layer.get("alpha", 1.0)),
    "selu": lambda layer: nn.SELU(),
    "gelu": lambda layer: nn.GELU(),
    "sigmoid": lambda layer: nn.Sigmoid(),
    "tanh": lambda layer: nn.Tanh(),
    "softplus": lambda layer: nn.Softplus(),
    "silu": lambda layer: nn.SiLU(),
}


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def pooling(make, layer):
    kernel = pair(layer["kernelSize"])
    stride = pair(layer["stride"]) if "stride" in layer else kernel
    return make(kernel, stride, pair(layer.get("padding", 0)))


def shape_after(module, shape):
    """Returns the shape for one image. In evaluation mode nothing is drawn, and running statistics do not change."""
    with torch.no_grad():
        result = tuple(module.eval()(torch.zeros(1, *shape)).shape[1:])
    module.train()
    return result


def make_layer(layer, shape):
    kind = layer["type"]
    if kind == "conv2d":
        options = {name: pair(layer[name]) for name in ("stride", "padding", "dilation") if name in layer}
        bias = layer.get("bias", True)
        return nn.Conv2d(shape[0], layer["filters"], pair(layer["kernelSize"]), bias=bias, **options)
    if kind == "maxPool2d":
        return pooling(nn.MaxPool2d, layer)
    if kind == "avgPool2d":
        return pooling(nn.AvgPool2d, layer)
    if kind == "globalAveragePool":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    if kind == "batchNorm2d":
        return nn.BatchNorm2d(shape[0], eps=layer.get("epsilon", 1e-5), momentum=layer.get("momentum", 0.1))
    if kind == "dropout":
        return nn.Dropout(layer.get("p", 0.5))
    if kind == "activation":
        return ACTIVATIONS[layer["function"]](layer)
    if kind == "flatten":
        return nn.Flatten()
    if kind == "linear":
        return nn.Linear(shape[0], layer["units"], bias=layer.get("bias", True))
    if kind == "residual":
        inner, out = make_layers(layer["layers"], shape)
        return Residual(inner, shortcut(shape, out))
    raise ValueError(f"unknown layer {kind}")


def shortcut(shape, out):
    """Returns a 1×1 convolution with the smallest stride that yields the wanted size, or None if the shapes are equal."""
    if shape == out:
        return None
    strides = [
        next(s for s in range(1, size + 1) if (size - 1) // s + 1 == wanted)
        for size, wanted in zip(shape[1:], out[1:], strict=True)
    ]
    return nn.Conv2d(shape[0], out[0], 1, stride=tuple(strides))


def make_layers(layers, shape):
    modules = []
    for layer in layers:
        if layer.get("disabled"):
            continue
        modules.append(make_layer(layer, shape))
        shape = shape_after(modules[-1], shape)
    return nn.Sequential(*modules), shape


def make_model(network, seed):
    size = network["input"]
    torch.manual_seed(seed)
    model, _ = make_layers(network["layers"], (size["channels"], size["height"], size["width"]))
    return model


def make_optimizer(model, given):
    options = dict(given)
    kind = options.pop("type")
    names = {
        "learningRate": "lr",
        "weightDecay": "weight_decay",
        "epsilon": "eps",
        "learningRateDecay": "lr_decay",
    }
    renamed = {names.get(name, name): value for name, value in options.items()}
    if kind in ("adam", "adamW"):
        renamed["betas"] = (float(renamed.pop("beta1", 0.9)), float(renamed.pop("beta2", 0.999)))
    classes = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamW": torch.optim.AdamW,
        "rmsProp": torch.optim.RMSprop,
        "adagrad": torch.optim.Adagrad,
    }
    return classes[kind](model.parameters(), **renamed)


def array(tensor):
    # A float32 is restored exactly from nine digits.
    return {
        "shape": list(tensor.shape),
        "data": [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()],
    }


def state(model):
    return {
        name: array(tensor)
        for name, tensor in model.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }


def compute(network, seed, optimizer, images, labels, steps):
    """Returns everything in a file except its inputs."""
    model = make_model(network, seed)
    result = {"initialParameters": state(model)}
    model.eval()
    activations = []
    with torch.no_grad():
        x = images
        for module in model:
            x = module(x)
            activations.append(array(x))
    result |= {"evalActivations": activations, "evalLogits": activations[-1]}

    # A separate model computes the first batch's gradients, so that the running statistics do not change.
    first = make_model(network, seed).train()
    loss = functional.cross_entropy(first(images), labels)
    loss.backward()
    result["trainLoss"] = float(f"{loss.item():.9g}")
    result["gradients"] = {name: array(parameter.grad) for name, parameter in first.named_parameters()}

    model.train()
    stepper = make_optimizer(model, optimizer)
    losses = []
    for _ in range(steps):
        stepper.zero_grad()
        loss = functional.cross_entropy(model(images), labels)
        loss.backward()
        stepper.step()
        losses.append(float(f"{loss.item():.9g}"))
    return result | {"stepLosses": losses, "parametersAfterSteps": state(model)}


def made(name, number):
    given = CASES[name]
    height, width, channels = given["size"]
    network = {
        "name": "case",
        "input": {"height": height, "width": width, "channels": channels},
        "layers": given["layers"],
    }
    seed = 200 + number
    # The batch has a generator of its own, because the seed is the model's.
    generator = torch.Generator().manual_seed(10_000 + number)
    images = torch.randn(given["batch"], channels, height, width, generator=generator) * given["scale"]
    classes = shape_after(make_model(network, seed), (channels, height, width))[0]
    labels = torch.randint(classes, (given["batch"],), generator=generator)
    return {
        "name": name,
        "source": f"PyTorch {torch.__version__}, scripts/vectors.py",
        "seed": seed,
        "network": network,
        "optimizer": given["optimizer"],
        "input": array(images),
        "labels": labels.tolist(),
        **compute(network, seed, given["optimizer"], images, labels, given["steps"]),
    }


# ---- comparing ----


def numbers(value):
    """Returns all numbers in a part of a file, in the order of their names."""
    if isinstance(value, dict):
        if "data" in value:
            return list(value["data"])
        return [number for name in sorted(value) for number in numbers(value[name])]
    if isinstance(value, list):
        return [number for each in value for number in numbers(each)]
    return [value]


def check(path):
    """Returns the largest difference of any number, absolute or relative, whichever is smaller."""
    kept = json.loads(path.read_text())
    images = torch.tensor(kept["input"]["data"]).reshape(kept["input"]["shape"])
    again = compute(
        kept["network"],
        kept["seed"],
        kept["optimizer"],
        images,
        torch.tensor(kept["labels"]),
        len(kept["stepLosses"]),
    )
    worst = 0.0
    for part, value in again.items():
        if part not in kept:
            continue
        ours, theirs = numbers(value), numbers(kept[part])
        assert len(ours) == len(theirs), f"{path.name}: {part} has {len(theirs)} numbers, now {len(ours)}"
        for a, b in zip(ours, theirs, strict=True):
            worst = max(worst, min(abs(a - b), abs(a - b) / max(abs(b), 1e-30)))
    return worst


def main(arguments):
    # With one thread, sums are in the same order on every machine.
    torch.set_num_threads(1)
    if arguments[:1] == ["--check"] and len(arguments) == 2:
        for path in sorted(Path(arguments[1]).glob("*.json")):
            if "network" in json.loads(path.read_text()):
                print(f"{check(path):.1e}  {path.name}")
        return 0
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(CASES):
        (folder / f"{name}.json").write_text(json.dumps(made(name, number), separators=(",", ":")) + "\n")
    print(f"{len(CASES)} cases in {folder}, made with PyTorch {torch.__version__}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
