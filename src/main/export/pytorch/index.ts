/** PyTorch: the net as a module in the course's style, and its `state_dict` as `.pt` and as safetensors. */
import { networkHeader, pytorchModel } from '../../../shared/code/pytorchModel.ts';
import { encodeTensorFile } from '../../../shared/models/safetensors.ts';
import { type StateTensor, type TrainedModel, stateDict } from '../../../shared/models/trainedModel.ts';
import { type Encoded, bytesOf, utf8 } from '../encoded.ts';
import { encodeStateDict } from './archive.ts';

export function encodePyTorch(model: TrainedModel): Encoded {
  const tensors = stateDict(model);
  return {
    files: [
      { path: 'model.py', bytes: utf8(moduleSource(model)) },
      { path: 'model.pt', bytes: encodeStateDict(tensors) },
      { path: 'model.safetensors', bytes: encodeWeights(model, tensors) },
    ],
  };
}

function encodeWeights(model: TrainedModel, tensors: readonly StateTensor[]): Uint8Array {
  return encodeTensorFile({
    metadata: {
      format: 'pt',
      ...metadataOf(model),
    },
    tensors: tensors.map(({ name, dtype, shape, data }) => ({
      name,
      dtype: dtype === 'int64' ? 'I64' : 'F32',
      shape,
      bytes: bytesOf(data),
    })),
  });
}

/**
 * Returns further data that a user of the weights needs, as texts: the network, its classes, and the
 * normalisation of pixels.
 */
export function metadataOf({
  network,
  classes,
  normalisation,
  dataset,
  run,
}: TrainedModel): Record<string, string> {
  return {
    producer: 'Stride',
    network: JSON.stringify(network),
    classes: JSON.stringify(classes),
    normalisation: JSON.stringify(normalisation),
    dataset,
    run: `${run.id}`,
    run_name: run.name,
    epoch: `${run.epoch}`,
  };
}

const list = (values: readonly number[]) => `[${values.join(', ')}]`;

function moduleSource(model: TrainedModel): string {
  const { lines, functional } = pytorchModel(model.network, 'class');
  // `model = Net()` is for scripts; code that imports this file creates the net itself.
  const definitions = lines.slice(0, lines.lastIndexOf('model = Net()'));
  const { normalisation, network, classes, run } = model;
  const { height, width, channels } = network.input;
  const normalise = normalisation
    ? [
        `MEAN = torch.tensor(${list(normalisation.mean)}).view(1, -1, 1, 1)`,
        `DEVIATION = torch.tensor(${list(normalisation.deviation)}).view(1, -1, 1, 1)`,
      ]
    : [];
  return [
    ...networkHeader(network, '#'),
    `# Trained by Stride: run ${run.id}, epoch ${run.epoch}. The weights are in model.pt and model.safetensors beside this file.`,
    'import os',
    '',
    'import torch',
    'import torch.nn as nn',
    ...(functional ? ['import torch.nn.functional as F'] : []),
    '',
    `CLASSES = ${JSON.stringify(classes)}`,
    ...normalise,
    '',
    '',
    ...definitions,
    'def normalise(pixels):',
    `    """Pixels in [0, 1], batch × ${channels} × ${height} × ${width}, as the net was trained on them."""`,
    normalisation ? '    return (pixels - MEAN) / DEVIATION' : '    return pixels',
    '',
    '',
    'def load(path=os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.pt")):',
    '    """The trained net, in evaluation mode. It takes normalised images and gives logits."""',
    '    model = Net()',
    '    model.load_state_dict(torch.load(path, weights_only=True))',
    '    model.eval()',
    '    return model',
    '',
    '',
    "if __name__ == '__main__':",
    '    model = load()',
    `    pixels = torch.zeros(1, ${channels}, ${height}, ${width})`,
    '    with torch.no_grad():',
    '        print(torch.softmax(model(normalise(pixels)), dim=1))',
    '',
  ].join('\n');
}
