/**
 * Rules for the net's output, which must be what cross-entropy takes: one number per class, as the last weighted layer
 * computes it.
 */
import { layerKind } from '../layers/index.ts';
import { describeShape, elements } from '../layers/layer.ts';
import { type DatasetImageSize, takes, withClasses, withInput } from '../network/forDataset.ts';
import { walkNetwork } from '../network/shapes.ts';
import { type Rule, changed, finding, isWeighted, numberOf, without } from './rule.ts';

/** Reports a last layer whose size differs from the number of classes. */
export const outputClasses: Rule = ({ layers, network, options, complete }) => {
  const { classes } = options;
  const last = layers.at(-1);
  if (!complete || classes === undefined || !last) return [];
  const { output } = last;
  if (output.kind === 'flat' && elements(output) === classes) return [];
  const fitting = withClasses(network, classes);
  const fix = fitting === network || walkNetwork(fitting).problem ? undefined : fitting;
  return [
    finding('warning', 'output-classes', [last.position], { classes, shape: describeShape(output) }, fix),
  ];
};

/** Reports a net that takes images of another size than those of the chosen data set. */
export const datasetSize: Rule = ({ network, options: { images } }) => {
  if (!images || network.layers.length === 0 || takes(network, images)) return [];
  const { name: dataset, height, width, channels } = images;
  const fitting = withInput(network, images);
  const fix = walkNetwork(fitting).problem ? undefined : fitting;
  const { input } = network;
  const parameters = { dataset, size: sizeOf({ height, width, channels }), input: sizeOf(input) };
  return [finding('warning', 'dataset-size', [0], parameters, fix)];
};

const sizeOf = ({ height, width, channels }: DatasetImageSize) => `${channels}×${height}×${width}`;

/** Reports an activation after the last weighted layer, because it changes the logits. */
export const outputActivation: Rule = ({ layers, network, complete }) => {
  const last = layers.at(-1);
  if (!complete || last?.layer.type !== 'activation') return [];
  if (!layers.some(({ layer }) => isWeighted(layer))) return [];
  const parameters = { function: last.layer.function, layer: numberOf(last) };
  return [
    finding('warning', 'output-activation', [last.position], parameters, without(network, last.position)),
  ];
};

/** Reports dropout on the logits themselves, which zeroes classes at random. */
export const outputDropout: Rule = ({ layers, network, complete }) => {
  const last = layers.at(-1);
  if (!complete || last?.layer.type !== 'dropout' || last.layer.p === 0) return [];
  return [finding('warning', 'output-dropout', [last.position], {}, without(network, last.position))];
};

/** Reports a hidden layer with fewer units than there are classes, because everything must pass through it. */
export const bottleneck: Rule = ({ layers, network, options }) => {
  const { classes } = options;
  if (classes === undefined) return [];
  const linear = layers.filter(({ layer }) => layer.type === 'linear');
  return linear.slice(0, -1).flatMap((summary) => {
    if (summary.layer.type !== 'linear' || summary.layer.units >= classes) return [];
    const { layer } = summary;
    const fix = changed(network, (all) => {
      all[summary.position] = { ...layer, units: classes * 2 };
    });
    return [finding('hint', 'bottleneck', [summary.position], { units: layer.units, classes }, fix)];
  });
};

/** Reports one layer with four fifths of the net's parameters or more. LeNet-5's largest, at 78 %, is acceptable. */
export const heavyLayer: Rule = ({ layers, complete }) => {
  const weighted = layers.filter(({ parameterCount }) => parameterCount > 0);
  const total = weighted.reduce((sum, { parameterCount }) => sum + parameterCount, 0);
  const heaviest = weighted.reduce<(typeof weighted)[number] | undefined>(
    (most, each) => (!most || each.parameterCount > most.parameterCount ? each : most),
    undefined,
  );
  if (!complete || !heaviest || weighted.length < 2 || heaviest.parameterCount < 20_000) return [];
  const share = heaviest.parameterCount / total;
  if (share < 0.8) return [];
  return [
    finding('hint', 'heavy-layer', [heaviest.position], {
      layer: numberOf(heaviest),
      percent: Math.round(share * 100),
      parameters: heaviest.parameterCount,
      total,
    }),
  ];
};

/** Reports a flattened map so large that the next layer alone outweighs the net. */
export const hugeFlatten: Rule = ({ layers }) =>
  layers.flatMap((summary, i) => {
    const features = elements(summary.output);
    const next = layers[i + 1];
    if (summary.layer.type !== 'flatten' || summary.input.kind !== 'map' || features < 8192) return [];
    if (next && layerKind(next.layer).parameters(next.layer, next.input).length === 0) return [];
    return [
      finding('hint', 'huge-flatten', [summary.position], { features, shape: describeShape(summary.input) }),
    ];
  });
