"""Definitions of the nets of test/vectors/extra, from which vectors.py makes the files."""

SGD = {"type": "sgd", "learningRate": 0.05, "momentum": 0.5}


def conv(filters, kernel, **options):
    return {"type": "conv2d", "filters": filters, "kernelSize": kernel, **options}


def act(function, **options):
    return {"type": "activation", "function": function, **options}


def linear(units, **options):
    return {"type": "linear", "units": units, **options}


def block(*layers):
    return {"type": "residual", "layers": list(layers)}


FLATTEN = {"type": "flatten"}
NORM = {"type": "batchNorm2d"}
GLOBAL = {"type": "globalAveragePool"}

HEAD = [FLATTEN, linear(4)]
# The net for tests of optimizers: two layers of different sizes, with a smooth activation, so that small errors stay small.
TRIED = [conv(3, 3), act("tanh"), FLATTEN, linear(4)]


def case(*layers, size=(8, 8, 1), batch=4, optimizer=SGD, scale=1.0, steps=3):
    """`size` is height, width, channels; `scale` is the factor of the standard normal images."""
    return {
        "layers": list(layers),
        "size": size,
        "batch": batch,
        "optimizer": optimizer,
        "scale": scale,
        "steps": steps,
    }


CASES = {
    "residual": case(
        conv(4, 3), block(conv(4, 3, padding=1), act("relu"), conv(4, 3, padding=1)), act("relu"), *HEAD
    ),
    "residual-shortcut": case(
        conv(3, 3, padding=1),
        block(conv(6, 3, padding=1, stride=2, bias=False), NORM, act("relu"), conv(6, 3, padding=1)),
        act("silu"),
        GLOBAL,
        linear(4),
        batch=6,
    ),
    "residual-first": case(block(conv(3, 3, padding=1, stride=[2, 1]), act("tanh")), *HEAD, size=(7, 8, 1)),
    "residual-flat": case(conv(2, 3, stride=2), FLATTEN, block(linear(18), act("tanh")), linear(4)),
    "residual-nested": case(
        block(conv(4, 3, padding=1), block(act("elu"), conv(4, 1)), act("gelu")), GLOBAL, linear(4)
    ),
    "global-average-pool": case(conv(5, 3), act("relu"), GLOBAL, linear(4)),
    "global-average-pool-flatten": case(conv(5, 3), act("silu"), GLOBAL, FLATTEN, linear(4)),
    "global-average-pool-last": case(conv(6, 3), act("tanh"), conv(4, 3), GLOBAL),
    "batch-norm-after-stride": case(
        conv(4, 3, stride=2, padding=1, bias=False),
        {"type": "batchNorm2d", "epsilon": 0.001, "momentum": 0.3},
        act("relu"),
        conv(5, 3, bias=False),
        NORM,
        act("relu"),
        *HEAD,
        batch=6,
        size=(9, 9, 2),
    ),
    "batch-norm-first": case(NORM, conv(4, 3), act("relu"), *HEAD, size=(6, 5, 3), scale=3.0),
    "batch-norm-adam": case(
        conv(4, 3, bias=False),
        NORM,
        act("softplus"),
        *HEAD,
        optimizer={"type": "adam", "learningRate": 0.003},
        batch=8,
        steps=5,
    ),
    "batch-norm-momentum-1": case(conv(3, 3), {"type": "batchNorm2d", "momentum": 1.0}, act("tanh"), *HEAD),
    "dropout-off": case(
        conv(3, 3), {"type": "dropout", "p": 0}, act("relu"), FLATTEN, {"type": "dropout", "p": 0}, linear(4)
    ),
    "disabled-layer": case(conv(3, 3), {**act("sigmoid"), "disabled": True}, act("relu"), *HEAD),
    "activation-softplus-large": case(
        conv(3, 3), act("softplus"), *HEAD, scale=60.0, optimizer={"type": "sgd", "learningRate": 0.00001}
    ),
    "activation-gelu-large": case(
        conv(3, 3), act("gelu"), *HEAD, scale=20.0, optimizer={"type": "sgd", "learningRate": 0.0001}
    ),
    "activation-sigmoid-saturated": case(conv(3, 3), act("sigmoid"), *HEAD, scale=20.0),
    "activation-tanh-saturated": case(conv(3, 3), act("tanh"), *HEAD, scale=20.0),
    "activation-silu-large": case(
        conv(3, 3), act("silu"), *HEAD, scale=20.0, optimizer={"type": "sgd", "learningRate": 0.0001}
    ),
    "activation-selu-large": case(
        conv(3, 3), act("selu"), *HEAD, scale=20.0, optimizer={"type": "sgd", "learningRate": 0.0001}
    ),
    "activation-elu-alpha": case(conv(3, 3), act("elu", alpha=0.4), conv(3, 3), act("elu", alpha=2.5), *HEAD),
    "activation-leakyRelu-slope": case(
        conv(3, 3), act("leakyRelu", negativeSlope=0.3), conv(3, 3), act("leakyRelu", negativeSlope=0), *HEAD
    ),
    "activation-flat": case(conv(2, 3), FLATTEN, act("elu"), linear(9), act("gelu"), linear(4)),
    "activation-first": case(act("tanh"), conv(3, 3), *HEAD),
    "ends-in-flatten": case(conv(3, 3), act("tanh"), conv(2, 3, stride=[2, 3]), FLATTEN, size=(8, 8, 1)),
    "ends-in-activation": case(conv(2, 3, stride=[2, 3]), FLATTEN, act("silu"), {"type": "dropout", "p": 0}),
    "linear-alone": case(FLATTEN, linear(4, bias=False), size=(4, 3, 2)),
    "linear-deep": case(
        FLATTEN, linear(12), act("relu"), linear(9, bias=False), act("tanh"), linear(4), size=(4, 3, 2)
    ),
    "batch-of-one": case(conv(3, 3), act("relu"), {"type": "maxPool2d", "kernelSize": 2}, *HEAD, batch=1),
    "batch-of-five": case(
        conv(3, 3), {"type": "maxPool2d", "kernelSize": 2}, act("relu"), *HEAD, batch=5, size=(7, 9, 3)
    ),
    "conv-second-dilated": case(
        conv(3, 3, padding=1),
        act("tanh"),
        conv(4, 3, dilation=[2, 1], stride=[1, 2], padding=[2, 1]),
        act("tanh"),
        *HEAD,
        size=(9, 8, 2),
    ),
    "conv-stride-beyond-kernel": case(
        conv(3, 1), act("tanh"), conv(4, 2, stride=3), act("tanh"), *HEAD, size=(9, 10, 1)
    ),
    "conv-padding-beyond-kernel": case(
        conv(3, 2, padding=3), act("tanh"), conv(4, 2, padding=[0, 2]), act("tanh"), *HEAD, size=(5, 5, 1)
    ),
    "conv-whole-image": case(conv(3, [6, 5]), act("tanh"), conv(5, 1), act("tanh"), *HEAD, size=(6, 5, 2)),
    "conv-one-by-one": case(
        conv(6, 1, bias=False), act("relu"), conv(3, 1, stride=2), act("tanh"), *HEAD, size=(6, 6, 3)
    ),
    "max-pool-gaps": case(
        conv(3, 3), {"type": "maxPool2d", "kernelSize": 2, "stride": 3}, act("tanh"), *HEAD, size=(10, 11, 1)
    ),
    "max-pool-rectangular": case(
        conv(3, 3),
        act("tanh"),
        {"type": "maxPool2d", "kernelSize": [3, 2], "stride": [2, 1], "padding": [1, 0]},
        conv(4, 2),
        act("tanh"),
        *HEAD,
        size=(9, 8, 2),
    ),
    "max-pool-of-negatives": case(
        conv(3, 3),
        act("sigmoid"),
        conv(2, 3),
        {"type": "maxPool2d", "kernelSize": 3, "stride": 1, "padding": 1},
        *HEAD,
    ),
    "avg-pool-rectangular": case(
        conv(3, 3),
        act("tanh"),
        {"type": "avgPool2d", "kernelSize": [2, 3], "stride": [1, 2], "padding": [1, 1]},
        conv(4, 2),
        act("tanh"),
        *HEAD,
        size=(9, 8, 2),
    ),
    "avg-pool-uncovered": case(
        conv(3, 3), act("tanh"), {"type": "avgPool2d", "kernelSize": 3, "stride": 2}, *HEAD, size=(10, 8, 1)
    ),
    "pool-after-pool": case(
        conv(3, 3),
        {"type": "maxPool2d", "kernelSize": 2, "stride": 1},
        {"type": "avgPool2d", "kernelSize": 2},
        {"type": "maxPool2d", "kernelSize": 2},
        act("tanh"),
        *HEAD,
        size=(12, 12, 1),
    ),
    "optimizer-adagrad-decay": case(
        *TRIED,
        steps=6,
        optimizer={
            "type": "adagrad",
            "learningRate": 0.05,
            "learningRateDecay": 0.1,
            "weightDecay": 0.02,
            "epsilon": 1e-6,
        },
    ),
    "optimizer-rmsProp-decay": case(
        *TRIED,
        steps=6,
        optimizer={
            "type": "rmsProp",
            "learningRate": 0.002,
            "alpha": 0.8,
            "momentum": 0.7,
            "weightDecay": 0.03,
            "epsilon": 1e-4,
        },
    ),
    "optimizer-sgd-nesterov-decay": case(
        *TRIED,
        steps=6,
        optimizer={
            "type": "sgd",
            "learningRate": 0.04,
            "momentum": 0.8,
            "nesterov": True,
            "weightDecay": 0.02,
        },
    ),
    "optimizer-sgd-decay": case(
        *TRIED, steps=6, optimizer={"type": "sgd", "learningRate": 0.04, "weightDecay": 0.1}
    ),
    "optimizer-adam-many": case(
        *TRIED, steps=12, optimizer={"type": "adam", "learningRate": 0.004, "epsilon": 1e-4}
    ),
    "optimizer-adam-beta-0": case(
        *TRIED,
        steps=6,
        optimizer={"type": "adam", "learningRate": 0.004, "beta1": 0, "beta2": 0.9, "epsilon": 1e-4},
    ),
    "optimizer-adamW-many": case(
        *TRIED,
        steps=12,
        optimizer={
            "type": "adamW",
            "learningRate": 0.004,
            "beta1": 0.7,
            "beta2": 0.95,
            "epsilon": 1e-4,
            "weightDecay": 0.3,
        },
    ),
}
