/** The lines that load each format in the program that it is for. Code is not translated. */
import type { ExportFormat } from '../../../shared/export/formats.ts';

export const snippets: Readonly<Record<ExportFormat, string>> = {
  pytorch: `import torch
from model import Net, normalise

model = Net()
model.load_state_dict(torch.load('model.pt', weights_only=True))
model.eval()
logits = model(normalise(pixels))  # batch × channels × height × width`,
  onnx: `import onnxruntime

session = onnxruntime.InferenceSession('model.onnx')
name = session.get_inputs()[0].name
[outputs] = session.run(None, {name: pixels})  # float32, batch × channels × height × width`,
  savedmodel: `import tensorflow as tf

model = tf.saved_model.load('.')
predict = model.signatures['serving_default']
outputs = predict(pixels=tf.constant(pixels))  # batch × height × width × channels`,
  tflite: `from ai_edge_litert.interpreter import Interpreter

predict = Interpreter('model.tflite').get_signature_runner()
outputs = predict(pixels=pixels)  # float32, batch × height × width × channels`,
  tfjs: `import * as tf from '@tensorflow/tfjs';

// The two files are served over HTTP, from one folder.
const model = await tf.loadLayersModel('model.json');
const outputs = model.predict(pixels); // batch × height × width × channels`,
  keras: `import keras

model = keras.models.load_model('model.keras')
outputs = model.predict(pixels)  # batch × height × width × channels`,
  html: `open model.html`,
  c: `#include "model.h"

float outputs[MODEL_CLASSES];
model_predict(pixels, outputs); /* channels × height × width */
printf("%s\\n", model_class_names[model_class(outputs)]);`,
  npz: `import numpy

weights = numpy.load('model.npz')
print({name: weights[name].shape for name in weights.files})`,
};
