"""Loads exported nets in the tools that they are for and compares them with the engine.

There is one folder per net; see exports.ts.
"""
import json
import logging
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
logging.getLogger('tensorflow').setLevel(logging.ERROR)

import numpy as np

TOLERANCE = 1e-4
folder = sys.argv[1]
failed = []


def read(net, name, shape):
    return np.fromfile(os.path.join(folder, net, name), dtype='<f4').reshape(shape)


def say(net, runtime, outputs, expected):
    difference = float(np.abs(np.asarray(outputs) - expected).max())
    passed = difference <= TOLERANCE
    print(f'{"ok  " if passed else "FAIL"} {net:18} {runtime:32} {difference:.2e}', flush=True)
    if not passed:
        failed.append((net, runtime))


def onnx_runtime(path, pixels):
    import onnx
    import onnxruntime

    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    known = {value.name for value in inferred.graph.value_info} | {value.name for value in inferred.graph.output}
    assert all(output in known for node in inferred.graph.node for output in node.output)
    session = onnxruntime.InferenceSession(path)
    name = session.get_inputs()[0].name
    one = session.run(None, {name: pixels[:1]})[0]
    whole = session.run(None, {name: pixels})[0]
    assert np.abs(one - whole[:1]).max() <= TOLERANCE
    return whole


def torch_class(path, pixels):
    import importlib.util

    import torch

    spec = importlib.util.spec_from_file_location('model', os.path.join(path, 'model.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.load()
    with torch.no_grad():
        return model(module.normalise(torch.from_numpy(pixels))).numpy()


def torch_safetensors(path, pixels):
    import importlib.util

    import torch
    from safetensors.torch import load_file

    spec = importlib.util.spec_from_file_location('model', os.path.join(path, 'model.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model = module.Net()
    model.load_state_dict(load_file(os.path.join(path, 'model.safetensors')), strict=True)
    arrays = np.load(os.path.join(path, 'model.npz'))
    for name, value in model.state_dict().items():
        assert np.array_equal(arrays[name], value.numpy()), name
    model.eval()
    with torch.no_grad():
        return model(module.normalise(torch.from_numpy(pixels))).numpy()


def keras_model(path, pixels):
    import keras

    return keras.models.load_model(os.path.join(path, 'model.keras')).predict(pixels.transpose(0, 2, 3, 1), verbose=0)


def saved_model(path, pixels):
    import tensorflow as tf

    predict = tf.saved_model.load(path).signatures['serving_default']
    return predict(pixels=tf.constant(pixels.transpose(0, 2, 3, 1)))['logits'].numpy()


def lite_rt(path, pixels):
    from ai_edge_litert.interpreter import Interpreter

    predict = Interpreter(os.path.join(path, 'model.tflite')).get_signature_runner()
    images = pixels.transpose(0, 2, 3, 1)
    one = predict(pixels=images[:1])['logits']
    whole = predict(pixels=images)['logits']
    assert np.abs(one - whole[:1]).max() <= TOLERANCE
    return whole


def own_class(path, script, test):
    """Returns how many test images the class of the course's own script classifies rightly with the weights."""
    import ast

    import torch

    # The script trains when it runs, so that only its class is taken from it.
    with open(script, encoding='utf-8') as file:
        tree = ast.parse(file.read())
    tree.body = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    names = {'nn': torch.nn, 'F': torch.nn.functional}
    exec(compile(tree, script, 'exec'), names)
    model = names['Net']()
    model.load_state_dict(torch.load(os.path.join(path, 'model.pt'), weights_only=True))
    model.eval()
    images, labels = (
        np.fromfile(test[part]['path'], dtype=np.uint8, offset=test[part]['offset']) for part in ('images', 'labels')
    )
    inputs = (torch.from_numpy(images.reshape(-1, 1, 28, 28)).float() / 255 - 0.1307) / 0.3081
    with torch.no_grad():
        found = torch.cat([model(batch).argmax(dim=1) for batch in inputs.split(1000)])
    return int((found.numpy() == labels).sum())


for net in sorted(os.listdir(folder)):
    path = os.path.join(folder, net)
    shapes = json.load(open(os.path.join(path, 'shapes.json'), encoding='utf-8'))
    pixels = read(net, 'pixels.bin', shapes['pixels'])
    expected = read(net, 'logits.bin', shapes['logits'])
    say(net, 'onnxruntime', onnx_runtime(os.path.join(path, 'model.onnx'), pixels), expected)
    say(net, 'torch, model.pt', torch_class(path, pixels), expected)
    say(net, 'torch, safetensors and npz', torch_safetensors(path, pixels), expected)
    say(net, 'tensorflow, SavedModel', saved_model(path, pixels), expected)
    say(net, 'litert', lite_rt(path, pixels), expected)
    say(net, 'keras', keras_model(path, pixels), expected)
    own = os.path.join(path, 'own.json')
    if os.path.exists(own):
        with open(own, encoding='utf-8') as file:
            wanted = json.load(file)
        count = own_class(path, wanted['script'], wanted['test'])
        passed = abs(count - wanted['testCorrect']) <= 3
        print(f'{"ok  " if passed else "FAIL"} {net:18} the course\'s own class: {count}, the run: {wanted["testCorrect"]}')
        if not passed:
            failed.append((net, 'the course\'s own class'))

sys.exit(1 if failed else 0)
