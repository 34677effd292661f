"""Writes vectors for inspection: gradients of PyTorch's autograd, Grad-CAM and SmoothGrad.

    python scripts/inspect_vectors.py

Reads the cases below from test/vectors/pytorch and test/vectors/extra, with their parameters and images, and writes
test/vectors/inspect.json. Everything is in evaluation mode. For each case:

    loss          mean cross-entropy of the images
    image         its gradient by the images
    outputs       its gradient at each layer's output, by the layer's number
    parameters    its gradient by each parameter
    gradCam       of the first image's label's logit at the last convolution of the sequence, before ReLU, where there is one
    noisy         copies of the first image with Gaussian noise
    smoothGrad    mean of the gradients of the label's logit by these copies (Smilkov et al. 2017)

Needs PyTorch.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

from vectors import array, make_model

VECTORS = Path(__file__).resolve().parent.parent / "test" / "vectors"
CASES = [
    "pytorch/conv-plain",
    "pytorch/conv-dilation-padding-stride",
    "pytorch/max-pool-overlapping-padded",
    "pytorch/avg-pool-padded",
    "pytorch/batch-norm",
    "pytorch/activation-relu",
    "pytorch/activation-gelu",
    "pytorch/activation-sigmoid",
    "extra/global-average-pool",
    "extra/residual-nested",
    "extra/residual-shortcut",
    "extra/residual-flat",
    "extra/linear-deep",
]
NOISY = 8
NOISE = 0.1


def tensor(given):
    return torch.tensor(given["data"], dtype=torch.float32).reshape(given["shape"])


def forward(model, images):
    """Returns the layers' outputs in order, each of which retains its gradient."""
    outputs = []
    x = images
    for layer in model:
        x = layer(x)
        x.retain_grad()
        outputs.append(x)
    return outputs


def grad_cam(model, images, label):
    last = max((i for i, layer in enumerate(model) if isinstance(layer, torch.nn.Conv2d)), default=None)
    if last is None:
        return None
    outputs = forward(model, images[:1].clone().requires_grad_())
    outputs[-1][0, label].backward()
    maps, gradient = outputs[last][0], outputs[last].grad[0]
    weights = gradient.mean(dim=(1, 2))
    return {"layer": last, **array((weights[:, None, None] * maps).sum(dim=0))}


def compute(name):
    given = json.loads((VECTORS / f"{name}.json").read_text())
    model = make_model(given["network"], given["seed"])
    parameters = {key: tensor(value) for key, value in given["initialParameters"].items()}
    model.load_state_dict(parameters, strict=False)
    model.eval()
    labels = torch.tensor(given["labels"])
    images = tensor(given["input"]).requires_grad_()
    outputs = forward(model, images)
    loss = functional.cross_entropy(outputs[-1], labels)
    loss.backward()
    result = {
        "case": name,
        "loss": loss.item(),
        "image": array(images.grad),
        "outputs": {str(i): array(x.grad) for i, x in enumerate(outputs)},
        "parameters": {key: array(value.grad) for key, value in model.named_parameters()},
        "gradCam": grad_cam(model, images.detach(), given["labels"][0]),
    }
    noise = torch.randn(NOISY, *images.shape[1:], generator=torch.Generator().manual_seed(0))
    noisy = (images.detach()[:1] + NOISE * noise).requires_grad_()
    model(noisy)[:, given["labels"][0]].sum().backward()
    return {**result, "noisy": array(noisy.detach()), "smoothGrad": array(noisy.grad.mean(dim=0))}


if __name__ == "__main__":
    made = [compute(name) for name in CASES]
    text = ",\n".join(json.dumps(each, separators=(",", ":")) for each in made)
    (VECTORS / "inspect.json").write_text(f'{{"pytorch":"{torch.__version__}","cases":[\n{text}\n]}}\n')
