"""Writes files as PyTorch, safetensors and PyTorch's ONNX exporters write them, for Stride to read: see imports.ts.

argv: a folder of nets that exports.ts has written, and the folder to write. For each net there are `network.json`, the
files, PyTorch's own outputs with the weights (`expected.safetensors`, `half.safetensors`), and `files.json`, which has each
file's expected outcome: the same weights, the same outputs, or a refusal.
"""
import copy
import importlib.util
import io
import json
import os
import sys
import zipfile
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
from safetensors.torch import save_file, save_model

source, target = sys.argv[1:3]
# A program that unpickles a refused file creates this one.
RAN = 'stride-pickle-ran'


def load_module(path):
    spec = importlib.util.spec_from_file_location('model', os.path.join(path, 'model.py'))
    module = importlib.util.module_from_spec(spec)
    sys.modules['model'] = module
    spec.loader.exec_module(module)
    return module


class Runs:
    def __reduce__(self):
        return (os.system, (f'touch {RAN}',))


def big_endian(state, path):
    """Returns the file as a big-endian machine writes it, with the bytes of each element reversed."""
    written = io.BytesIO()
    torch.save(state, written)
    sizes = [tensor.element_size() for tensor in state.values()]
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(path, 'w') as new:
        for info in old.infolist():
            data = old.read(info)
            folder, _, name = info.filename.partition('/')
            if name == 'byteorder':
                data = b'big'
            if name.startswith('data/'):
                size = sizes[int(name[5:])]
                data = np.frombuffer(data, dtype=f'V{size}').tobytes() if size == 1 else np.frombuffer(
                    data, dtype=f'<u{size}').astype(f'>u{size}').tobytes()
            new.writestr(f'{folder}/{name}', data)
    again = torch.load(path, weights_only=True)
    assert all(torch.equal(again[name], value) for name, value in state.items())


def shared(state):
    """Returns all weights as views of one long tensor, with the first matrix transposed in memory."""
    floats = {name: value for name, value in state.items() if value.is_floating_point()}
    flat = torch.cat([value.reshape(-1) for value in floats.values()])
    views, at = OrderedDict(), 0
    for name, value in state.items():
        if not value.is_floating_point():
            views[name] = value
            continue
        views[name] = flat[at:at + value.numel()].view(value.shape)
        at += value.numel()
    return views


def strided(state):
    def laid_out(value):
        if value.dim() == 4:
            return value.to(memory_format=torch.channels_last)
        if value.dim() == 2:
            return value.t().contiguous().t()
        return value
    return OrderedDict((name, laid_out(value)) for name, value in state.items())


def renamed(state):
    """Returns the weights under an author's own names, in the same order."""
    stems = {}
    result = OrderedDict()
    for name, value in state.items():
        stem, _, last = name.rpartition('.')
        result[f'{stems.setdefault(stem, f"part_{chr(97 + len(stems))}")}.{last}'] = value
    return result


def regrouped(state):
    """Returns the weights under an author's own names, in an order that differs from the layers'."""
    stems = list(OrderedDict((name.rpartition('.')[0], None) for name in renamed(state)))
    return OrderedDict(
        (name, value) for stem in reversed(stems) for name, value in renamed(state).items()
        if name.rpartition('.')[0] == stem)


def shapes_differ(state):
    """Returns whether no two modules have weights of the same shapes, so that shapes identify them."""
    modules = {}
    for name, value in state.items():
        modules.setdefault(name.rpartition('.')[0], []).append(tuple(value.shape))
    return len({tuple(shapes) for shapes in modules.values()}) == len(modules)


def checkpoint(trained, state, pixels):
    model = copy.deepcopy(trained)
    optimizer = torch.optim.Adam(model.parameters())
    model.train()
    model(pixels).sum().backward()
    optimizer.step()
    return {
        'epoch': torch.tensor(3),
        'model_state_dict': state,
        'optimizer_state_dict': optimizer.state_dict(),
        'best_accuracy': np.float64(0.98),
        'loss': 0.07,
        'args': {'lr': 0.01, 'name': 'net'},
    }


def torch_files(model, state, pixels):
    """Returns, by the name of the file, the object for torch.save and its other arguments."""
    cast = {'half': torch.float16, 'bfloat16': torch.bfloat16, 'double': torch.float64}
    copied = {name: value.clone() for name, value in state.items()}
    parameters = OrderedDict(
        (name, nn.Parameter(value) if value.is_floating_point() else value) for name, value in state.items())
    prefixed = lambda prefix: OrderedDict((prefix + name, value) for name, value in state.items())
    return {
        'plain.pt': (state, {}),
        'legacy.pt': (state, {'_use_new_zipfile_serialization': False}),
        'legacy-shared.pt': (shared(state), {'_use_new_zipfile_serialization': False}),
        'protocol4.pt': (state, {'pickle_protocol': 4}),
        'dict.pt': (copied, {}),
        'data-parallel.pt': (nn.DataParallel(model).state_dict(), {}),
        'compiled.pt': (prefixed('_orig_mod.'), {}),
        'nested-prefix.pt': (prefixed('module._orig_mod.'), {}),
        'lightning.pt': ({'state_dict': prefixed('model.'), 'hyper_parameters': {'lr': 0.1}, 'global_step': 9}, {}),
        'checkpoint.pt': (checkpoint(model, copied, pixels), {}),
        'parameters.pt': (parameters, {}),
        'without-counters.pt': (
            OrderedDict((name, value) for name, value in state.items() if not name.endswith('num_batches_tracked')), {}),
        'shared.pt': (shared(state), {}),
        'strided.pt': (strided(state), {}),
        'own-names.pt': (renamed(state), {}),
        **({'own-order.pt': (regrouped(state), {})} if shapes_differ(state) else {}),
        'reordered.pt': (OrderedDict(reversed(list(state.items()))), {}),
        **{f'{name}.pt': (OrderedDict(
            (key, value.to(dtype) if value.is_floating_point() else value) for key, value in state.items()), {})
           for name, dtype in cast.items()},
    }


def refused_files(model, state, pixels, path):
    """Returns files that must be refused, each with the code of the refusal."""
    torch.save({'weights': state, 'more': Runs()}, os.path.join(path, 'runs-code.pt'))
    torch.save({'weights': state, 'more': Runs()}, os.path.join(path, 'runs-code-legacy.pt'),
               _use_new_zipfile_serialization=False)
    torch.save(model, os.path.join(path, 'whole-model.pt'))
    torch.jit.save(torch.jit.trace(model, pixels), os.path.join(path, 'torchscript.pt'))
    torch.save({'weight': torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)},
               os.path.join(path, 'quantised.pt'))
    torch.save(OrderedDict((name, value) for name, value in list(state.items())[:-1]),
               os.path.join(path, 'one-missing.pt'))
    return {
        'runs-code.pt': 'pickle.refused',
        'runs-code-legacy.pt': 'pickle.refused',
        'whole-model.pt': 'import.whole-model',
        'torchscript.pt': 'import.torchscript',
        'quantised.pt': 'pickle.refused',
        'one-missing.pt': 'import.misfit',
    }


def onnx_files(model, pixels, path):
    # Both exporters write the computation of a class; BatchNormalization may be folded into the convolution before it.
    names = {'input_names': ['images'], 'output_names': ['logits']}
    old = {'dynamo': False, **names, 'dynamic_axes': {'images': {0: 'batch'}, 'logits': {0: 'batch'}}}
    torch.onnx.export(model, (pixels,), os.path.join(path, 'torchscript-13.onnx'), opset_version=13, **old)
    torch.onnx.export(model, (pixels,), os.path.join(path, 'torchscript-17.onnx'), opset_version=17, **old)
    torch.onnx.export(model, (pixels,), os.path.join(path, 'fixed-batch.onnx'), opset_version=13, dynamo=False, **names)
    torch.onnx.export(model, (pixels,), os.path.join(path, 'unfolded.onnx'), opset_version=13,
                      do_constant_folding=False, training=torch.onnx.TrainingMode.PRESERVE, **old)
    torch.onnx.export(model, (pixels,), os.path.join(path, 'dynamo.onnx'), dynamo=True, external_data=False, **names,
                      dynamic_shapes={'x': {0: 'batch'}})
    torch.onnx.export(model, (pixels,), os.path.join(path, 'external.onnx'), dynamo=True, external_data=True, **names)
    assert os.path.exists(os.path.join(path, 'external.onnx.data'))
    return ['torchscript-13.onnx', 'torchscript-17.onnx', 'fixed-batch.onnx', 'unfolded.onnx', 'dynamo.onnx',
            'external.onnx']


def tensorflow_like(state, path):
    """Writes the small net as converters from TensorFlow do: channels last outside, Transpose, Pad, MatMul and Add."""
    from onnx import TensorProto, helper, numpy_helper

    array = {name: value.numpy() for name, value in state.items()}
    spread = array['fc1.weight'].reshape(10, 6, 4, 4).transpose(2, 3, 1, 0).reshape(96, 10)
    constants = {
        'mean': np.float32(0.1307), 'scale': np.float32(1 / 0.3081), 'dense': spread, 'dense_bias': array['fc1.bias'],
        'pads': np.array([0, 0, 1, 1, 0, 0, 1, 1], dtype=np.int64), 'flat': np.array([-1, 96], dtype=np.int64),
        **{name.replace('.', '_'): value for name, value in array.items() if value.dtype == np.float32},
    }
    # This bias is added to the map, which is how BiasAdd is converted.
    constants['conv1_bias'] = array['conv1.bias'].reshape(1, 4, 1, 1)
    norm = lambda name, x: [x] + [f'{name}_{part}' for part in ('weight', 'bias', 'running_mean', 'running_var')]
    node = helper.make_node
    nodes = [
        node('Sub', ['pixels', 'mean'], ['centred']),
        node('Mul', ['centred', 'scale'], ['scaled']),
        node('Transpose', ['scaled'], ['first'], perm=[0, 3, 1, 2]),
        node('Pad', ['first', 'pads'], ['padded']),
        node('Conv', ['padded', 'conv1_weight'], ['conv']),
        node('Add', ['conv', 'conv1_bias'], ['biased']),
        node('BatchNormalization', norm('bn1', 'biased'), ['normed']),
        node('Relu', ['normed'], ['relu']),
        node('MaxPool', ['relu'], ['pooled'], kernel_shape=[2, 2], strides=[2, 2]),
        node('Conv', ['pooled', 'block1_layers_0_weight'], ['inner'], auto_pad='SAME_UPPER'),
        node('BatchNormalization', norm('block1_layers_1', 'inner'), ['inner_normed']),
        node('Sigmoid', ['inner_normed'], ['sigmoid']),
        node('Mul', ['inner_normed', 'sigmoid'], ['silu']),
        node('Conv', ['pooled', 'block1_shortcut_weight', 'block1_shortcut_bias'], ['beside']),
        node('Add', ['silu', 'beside'], ['block']),
        node('Transpose', ['block'], ['last'], perm=[0, 2, 3, 1]),
        node('Reshape', ['last', 'flat'], ['flattened']),
        node('MatMul', ['flattened', 'dense'], ['product']),
        node('Add', ['product', 'dense_bias'], ['sum']),
        node('Softmax', ['sum'], ['probabilities']),
    ]
    used = {name for each in nodes for name in each.input}
    graph = helper.make_graph(
        nodes, 'keras', [helper.make_tensor_value_info('pixels', TensorProto.FLOAT, ['unk__1', 8, 8, 1])],
        [helper.make_tensor_value_info('probabilities', TensorProto.FLOAT, ['unk__1', 10])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items() if name in used])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 13)], ir_version=7)
    import onnx
    import onnxruntime
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    return onnxruntime.InferenceSession(path)


def check_tensorflow_like(session, pixels, logits):
    """Checks that the hand-written graph computes the same as the class, without which the test would be meaningless."""
    raw = pixels.numpy() * np.float32(0.3081) + np.float32(0.1307)
    [found] = session.run(None, {'pixels': raw.transpose(0, 2, 3, 1)})
    assert np.abs(found - torch.softmax(logits, 1).numpy()).max() < 1e-5


def write(net):
    own, path = os.path.join(source, net), os.path.join(target, net)
    os.makedirs(path)
    module = load_module(own)
    model = module.load()
    # The weights have the metadata of a module's own state_dict, as torch.save receives them.
    state = model.state_dict()
    network = json.load(open(os.path.join(own, 'network.json'), encoding='utf-8'))['network']
    size = network['input']
    torch.manual_seed(0)
    pixels = torch.rand(7, size['channels'], size['height'], size['width'])
    with torch.no_grad():
        logits = model(pixels)
    # The weights are copied because the training below changes the module's own tensors.
    expected = {name: value.clone().contiguous() for name, value in state.items()}
    files = []
    for name, (value, options) in torch_files(model, expected_state(state), pixels).items():
        torch.save(value, os.path.join(path, name), **options)
        weights = name[:-3] if name[:-3] in ('half', 'bfloat16') else 'expected'
        files.append({'file': name, 'weights': f'{weights}.safetensors'})
    save_file(expected, os.path.join(path, 'expected.safetensors'), metadata={'format': 'pt'})
    for name, dtype in (('half', torch.float16), ('bfloat16', torch.bfloat16)):
        rounded = {key: value.to(dtype).float() if value.is_floating_point() else value for key, value in expected.items()}
        save_file(rounded, os.path.join(path, f'{name}.safetensors'))
    save_model(model, os.path.join(path, 'save-model.safetensors'))
    files.append({'file': 'save-model.safetensors', 'weights': 'expected.safetensors'})
    big_endian(expected, os.path.join(path, 'big-endian.pt'))
    files.append({'file': 'big-endian.pt', 'weights': 'expected.safetensors'})
    refused = refused_files(model, expected, pixels, path)
    files += [{'file': name, 'refused': code} for name, code in refused.items()]
    if net == 'small':
        session = tensorflow_like(expected, os.path.join(path, 'channels-last.onnx'))
        check_tensorflow_like(session, pixels, logits)
        files.append({'file': 'channels-last.onnx', 'outputs': True})
    files += [{'file': name, 'outputs': True} for name in onnx_files(model, pixels[:1], path)]
    np.concatenate([pixels.numpy().ravel(), logits.numpy().ravel()]).astype('<f4').tofile(os.path.join(path, 'images.bin'))
    with open(os.path.join(path, 'network.json'), 'w', encoding='utf-8') as out:
        json.dump(network, out, indent=1)
        out.write('\n')
    with open(os.path.join(path, 'files.json'), 'w', encoding='utf-8') as out:
        json.dump({'images': list(pixels.shape), 'logits': list(logits.shape), 'files': files}, out, indent=1)
        out.write('\n')


def expected_state(state):
    copied = OrderedDict((name, value.clone()) for name, value in state.items())
    copied._metadata = state._metadata
    return copied


for each in sorted(os.listdir(source)):
    write(each)
