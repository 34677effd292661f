/**
 * Takes one step of, and looks into, every net that has two given kinds of layer next to each other, after a convolution, and prints
 * which nets these were. The parameters: whose kernels, and the places of the kinds in the list (all if left out).
 */
import '../engine/support.ts';
import { compile } from '../../src/main/engine/compile/compile.ts';
import { writeInitial } from '../../src/main/engine/compile/state.ts';
import { Session } from '../../src/main/engine/native/session.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { kernelSourceSchema } from '../../src/shared/training/kernels.ts';
import { trainingSettingsSchema } from '../../src/shared/training/training.ts';

const activation = (name: string) => ({ type: 'activation', function: name });
const kinds: Readonly<Record<string, object>> = {
  batchNorm2d: { type: 'batchNorm2d' },
  maxPool2d: { type: 'maxPool2d', kernelSize: 2 },
  avgPool2d: { type: 'avgPool2d', kernelSize: 2 },
  relu: activation('relu'),
  leakyRelu: activation('leakyRelu'),
  elu: activation('elu'),
  gelu: activation('gelu'),
  silu: activation('silu'),
  tanh: activation('tanh'),
  dropout: { type: 'dropout', p: 0.2 },
  conv2d: { type: 'conv2d', filters: 3, kernelSize: 3, padding: 1 },
  stridedConv2d: { type: 'conv2d', filters: 3, kernelSize: 3, stride: 2, padding: 1 },
  pointwiseConv2d: { type: 'conv2d', filters: 3, kernelSize: 1 },
  residual: {
    type: 'residual',
    layers: [{ type: 'conv2d', filters: 4, kernelSize: 3, padding: 1 }, { type: 'batchNorm2d' }],
  },
};

const settings = trainingSettingsSchema.parse({ optimizer: { type: 'sgd', momentum: 0.9 } });
const sizes = [12, 12];

async function step(layers: readonly object[], kernels: 'stride' | 'tensorflow') {
  const network = parseNetwork({
    name: 'neighbours',
    input: { height: 12, width: 12, channels: 1 },
    layers: [
      { type: 'conv2d', filters: 4, kernelSize: 3 },
      ...layers,
      { type: 'flatten' },
      { type: 'linear', units: 4 },
    ],
  });
  const compiled = compile({ network, settings, dataset: null, shards: sizes, constants: null, kernels });
  const session = await Session.load(compiled.graph);
  try {
    writeInitial(session, compiled, new Generator(1), settings.initialisation);
    const inputs = {
      scalars: { data: Float32Array.of(1 / 24, 0.01) },
      images: sizes.map((each) => ({
        data: Float32Array.from({ length: each * 144 }, (_, i) => Math.sin(i * i)),
        shape: [each, 1, 12, 12],
      })),
      labels: sizes.map((each) => ({ data: Int32Array.from({ length: each }, (_, i) => i % 4) })),
      step: { data: Int32Array.of(1), shape: [] },
    };
    for (const name of ['train', 'finite', 'evaluate', 'measure', 'gradients']) {
      const wanted = Object.keys(compiled.graph.signatures[name]?.inputs ?? {});
      session.run(
        name,
        Object.fromEntries(Object.entries(inputs).filter(([input]) => wanted.includes(input))),
      );
    }
  } finally {
    session.close();
  }
}

const [kernels, firsts = '', seconds = ''] = process.argv.slice(2);
const names = (list: string) => (list === '' ? Object.keys(kinds) : list.split(','));
const tried: string[] = [];
for (const first of names(firsts)) {
  for (const second of names(seconds)) {
    if (process.env['STRIDE_TEST_SAY']) console.error(`## ${first} ${second}`);
    await step([kinds[first] as object, kinds[second] as object], kernelSourceSchema.parse(kernels));
    tried.push(`${first} ${second}`);
  }
}
console.log(JSON.stringify(tried));
