/** Traces one forward pass through the net, with images of a known or tried size. */
import { type MapShape, elements } from '../../../layers/layer.ts';
import { Findings } from '../findings.ts';
import { isLightning, lookUp } from '../python/classes.ts';
import { callFunction } from '../python/functions.ts';
import type { Reading, ForwardTrace } from '../reading.ts';
import { apply } from '../torch/modules.ts';
import { imageTensor, isPlain } from '../torch/sizes.ts';
import { type Module, NotUnderstood, type TensorNode, type Value, tuple, unknown } from '../values.ts';

export interface Traced {
  /** Null if the net returns nothing that can be traced. */
  readonly output: TensorNode | null;
  readonly trace: ForwardTrace;
  readonly findings: Findings;
}

export function trace(reading: Reading, net: Module, input: MapShape): Traced {
  const before = {
    mode: reading.mode,
    findings: reading.findings,
    trace: reading.trace,
    depth: reading.depth,
  };
  const tensor = imageTensor(input, net.place);
  const own: ForwardTrace = {
    input: tensor,
    uses: new Map(),
    sizesKnown: true,
    excused: null,
    wantedInput: null,
    logits: null,
  };
  reading.mode = 'forward';
  reading.findings = new Findings();
  reading.trace = own;
  try {
    const value = output(reading, net, { kind: 'tensor', node: tensor }, own);
    return { output: tensorOf(reading, value, net), trace: own, findings: reading.findings };
  } finally {
    Object.assign(reading, before);
  }
}

function output(reading: Reading, net: Module, input: Value, own: ForwardTrace): Value {
  try {
    if (net.type === 'user' && !lookUp(net.definition, 'forward') && isLightning(net.definition)) {
      // Without a `forward`, the net is what the training step passes to the loss.
      const step = lookUp(net.definition, 'training_step');
      if (step?.kind === 'function')
        callFunction(
          reading,
          step,
          { positional: [tuple([input, unknown]), unknown], named: new Map() },
          { kind: 'module', module: net },
        );
      return own.logits ? { kind: 'tensor', node: own.logits } : unknown;
    }
    return apply(reading, null, net, { positional: [input], named: new Map() });
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error;
    reading.findings.add('error', error.code, net.place, error.parameters);
    return unknown;
  }
}

/** Returns the tensor that a forward pass returns, also if it returns several. */
function tensorOf({ findings }: Reading, value: Value, net: Module): TensorNode | null {
  if (value.kind === 'tensor') {
    if (!isPlain(value.node) && elements(value.node.shape) > 1)
      findings.add('error', 'reshape', value.node.place, { sizes: value.node.place.text });
    return value.node;
  }
  const values =
    value.kind === 'list' ? value.items : value.kind === 'dict' ? [...value.entries.values()] : [];
  const first = values.find((item) => item.kind === 'tensor');
  if (first?.kind === 'tensor') {
    findings.add('warning', 'several-outputs', first.node.place);
    return first.node;
  }
  findings.add('error', 'no-output', net.place);
  return null;
}
