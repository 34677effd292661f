"""PyTorch as a contestant of the bench: it exchanges the messages of messages.ts with contestant.ts, like serve.ts.

Arguments: course, homework or a net of typical.py; script (as written, only the first two) or preloaded. What the
scripts print goes to stderr. The seed is 0 and nothing but the script draws from it, so the accuracy of the course's
nets after the first epoch is the one in test/vectors/traces/*-seed0.json.
"""

import contextlib
import copy
import importlib
import json
import sys
import time

import torch
import torchvision

import typical


def warm_up(script):
    """Trains a copy of the net for some steps on black images, so that one-time costs do not count in an epoch."""
    model = copy.deepcopy(script.model)
    images = torch.zeros(script.batch_size, 1, 28, 28)
    labels = torch.zeros(script.batch_size, dtype=torch.long)
    for _ in range(30):
        script.criterion(model(images), labels).backward()


def main():
    name, data = sys.argv[1:]
    torch.manual_seed(0)
    script = typical.script(name) if name in typical.nets else importlib.import_module(name)
    if data == 'preloaded':
        from preloaded import Preloaded
        contestant = Preloaded(script)
    else:
        contestant = script
    warm_up(script)

    def say(message):
        print(json.dumps(message), flush=True)

    versions = {'PyTorch': torch.__version__, 'torchvision': torchvision.__version__}
    say({'kind': 'ready', 'versions': versions, 'threads': torch.get_num_threads()})
    for epoch, _ in enumerate(sys.stdin):
        with contextlib.redirect_stdout(sys.stderr):
            began = time.perf_counter()
            contestant.train(epoch)
            seconds = time.perf_counter() - began
            accuracy = contestant.test()
        say({'kind': 'epoch', 'seconds': seconds, 'accuracy': accuracy})


main()
