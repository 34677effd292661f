/** Rules for missing, superfluous or saturating activations. */
import { type Layer, enabledLayers } from '../layers/index.ts';
import type { LayerSummary } from '../network/shapes.ts';
import { type LintFinding, type Rule, changed, finding, isWeighted, numberOf, without } from './rule.ts';

const relu: Layer = { type: 'activation', function: 'relu' };

function bends(layer: Layer): boolean {
  if (layer.type === 'activation' || layer.type === 'maxPool2d') return true;
  return layer.type === 'residual' && enabledLayers(layer.layers).some(bends);
}

const activates = (layer: Layer): boolean =>
  layer.type === 'activation' || (layer.type === 'residual' && enabledLayers(layer.layers).some(activates));

/** Reports a net without any activation: it is one linear map, except for its max-pools. */
export const noActivation: Rule = ({ network, layers }) => {
  const weighted = layers.filter(({ layer }) => isWeighted(layer));
  if (weighted.length < 2 || layers.some(({ layer }) => activates(layer))) return [];
  const fix = changed(network, (all) => {
    for (const { position } of weighted.slice(0, -1).reverse()) all.splice(position + 1, 0, relu);
  });
  const positions = weighted.map(({ position }) => position);
  return [finding('warning', 'no-activation', positions, { count: weighted.length }, fix)];
};

/** Reports consecutive weighted layers without an activation between them: together they are one such layer. */
export const linearChain: Rule = (context) => {
  const { network, layers } = context;
  if (noActivation(context).length > 0) return [];
  const chains: LayerSummary[][] = [[]];
  for (const summary of layers) {
    if (bends(summary.layer) || summary.layer.type === 'residual') chains.push([]);
    else if (isWeighted(summary.layer)) (chains.at(-1) as LayerSummary[]).push(summary);
  }
  return chains
    .filter((chain) => chain.length > 1)
    .map((chain): LintFinding => {
      const positions = chain.map(({ position }) => position);
      const linear = chain.every(({ layer }) => layer.type === 'linear');
      const conv = chain.every(({ layer }) => layer.type === 'conv2d');
      const fix = changed(network, (all) => {
        for (const position of positions.slice(0, -1).reverse()) all.splice(position + 1, 0, relu);
      });
      const code = linear ? 'linear-chain' : conv ? 'conv-chain' : 'mixed-chain';
      const list = chain.map(numberOf).join(', ');
      return finding('warning', code, positions, { count: chain.length, layers: list }, fix);
    });
};

const saturates = ({ layer }: LayerSummary): boolean =>
  layer.type === 'activation' && (layer.function === 'sigmoid' || layer.function === 'tanh');

/** Reports sigmoid and tanh on pixels that all lie on one side of zero. */
export const saturatingInput: Rule = ({ layers, options }) => {
  if (options.normalisation !== 'none') return [];
  const first = layers.find(saturates);
  if (
    !first ||
    layers.some(({ layer, position }) => layer.type === 'batchNorm2d' && position < first.position)
  )
    return [];
  return [finding('warning', 'saturating-input', [first.position], { layer: numberOf(first) })];
};

/** Reports three or more sigmoids: the slope of one is at most 1/4, so that gradients vanish through several. */
export const vanishing: Rule = ({ layers, network }) => {
  const sigmoids = layers.filter(({ layer }) => layer.type === 'activation' && layer.function === 'sigmoid');
  if (sigmoids.length < 3) return [];
  const positions = sigmoids.map(({ position }) => position);
  const share = `1/${4 ** sigmoids.length}`;
  const fix = changed(network, (all) => {
    for (const position of positions) all[position] = relu;
  });
  return [finding('hint', 'vanishing', positions, { count: sigmoids.length, share }, fix)];
};

/** Reports repeated activations: relu(relu(x)) = relu(x); two different ones in a row are rarely intended. */
export const repeatedActivation: Rule = ({ layers, network }) =>
  layers.flatMap((summary, i) => {
    const before = layers[i - 1];
    if (summary.layer.type !== 'activation' || before?.layer.type !== 'activation') return [];
    const same = summary.layer.function === before.layer.function;
    const positions = [before.position, summary.position];
    const parameters = { first: before.layer.function, second: summary.layer.function };
    const fix = without(network, summary.position);
    return [
      finding(
        same ? 'warning' : 'hint',
        same ? 'repeated-activation' : 'stacked-activations',
        positions,
        parameters,
        fix,
      ),
    ];
  });

/** Monotone functions: the largest of several outputs is the output of the largest input. */
const monotone: ReadonlySet<string> = new Set([
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'sigmoid',
  'tanh',
  'softplus',
]);

/** Reports an activation before a pool: the other order computes the same numbers with less work. */
export const activationBeforePool: Rule = ({ layers, network }) =>
  layers.flatMap((summary, i) => {
    const before = layers[i - 1];
    if (summary.layer.type !== 'maxPool2d' || before?.layer.type !== 'activation') return [];
    if (!monotone.has(before.layer.function) || summary.output.kind !== 'map' || summary.input.kind !== 'map')
      return [];
    const from = summary.input.height * summary.input.width;
    const to = summary.output.height * summary.output.width;
    if (to >= from) return [];
    const fix = changed(network, (all) => {
      all[before.position] = summary.layer;
      all[summary.position] = before.layer;
    });
    const parameters = { function: before.layer.function, times: Math.round(from / to) };
    return [finding('hint', 'activation-before-pool', [before.position, summary.position], parameters, fix)];
  });
