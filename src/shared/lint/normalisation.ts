/** Rules for batch normalisation and dropout where they do not serve their purpose, and for layers without effect. */
import { type Rule, changed, finding, isWeighted, without } from './rule.ts';

/** Reports a bias before batch normalisation, which subtracts it along with the mean. */
export const biasBeforeBatchNorm: Rule = ({ layers, network }) =>
  layers.flatMap((summary, i) => {
    const next = layers[i + 1];
    const { layer } = summary;
    if (layer.type !== 'conv2d' || layer.bias === false || next?.layer.type !== 'batchNorm2d') return [];
    const fix = changed(network, (all) => {
      all[summary.position] = { ...layer, bias: false };
    });
    return [
      finding(
        'hint',
        'bias-before-batch-norm',
        [summary.position, next.position],
        { filters: layer.filters },
        fix,
      ),
    ];
  });

/**
 * Reports dropout before batch normalisation: statistics measured with dropout do not hold without it (Li et al. 2019,
 * "variance shift").
 */
export const dropoutBeforeBatchNorm: Rule = ({ layers, network }) =>
  layers.flatMap((summary, i) => {
    if (summary.layer.type !== 'dropout' || summary.layer.p === 0) return [];
    const rest = layers.slice(i + 1);
    const norm = rest.find(({ layer }) => layer.type === 'batchNorm2d');
    if (!norm) return [];
    const next = rest[0] === norm;
    const fix = next
      ? changed(network, (all) => {
          all[summary.position] = norm.layer;
          all[norm.position] = summary.layer;
        })
      : undefined;
    // After a weighted layer the shift is smaller, but it remains.
    const between = rest.slice(0, rest.indexOf(norm)).some(({ layer }) => isWeighted(layer));
    return [
      finding(
        between ? 'hint' : 'warning',
        'dropout-before-batch-norm',
        [summary.position, norm.position],
        {},
        fix,
      ),
    ];
  });

/** Reports layers that return their input. */
export const noEffect: Rule = ({ layers, network }) =>
  layers.flatMap(({ layer, input, position }) => {
    const nothing =
      (layer.type === 'dropout' && layer.p === 0) || (layer.type === 'flatten' && input.kind === 'flat');
    return nothing ? [finding('hint', 'no-effect', [position], {}, without(network, position))] : [];
  });
