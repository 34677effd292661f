/** What is done to a tensor without a module: by torch's functions and by the tensor's methods. */
import type { SyntaxNode } from '@lezer/common';
import { Modules } from './modules.ts';
import { shortName } from './names.ts';
import { type CallArguments, bind, methodTable } from './torchLayers.ts';
import { type Step, type TensorNode, type Value, NotUnderstood, unknown } from './values.ts';

/** Methods of a tensor after which it is the same numbers in the same order. */
const harmless = new Set([
  'to',
  'cuda',
  'cpu',
  'float',
  'contiguous',
  'clone',
  'requires_grad_',
  'type',
  'double',
]);

export abstract class Tensors extends Modules {
  protected applyFunction(
    node: SyntaxNode,
    path: string,
    entry: {
      signature: readonly string[];
      steps: (bound: ReadonlyMap<string, Value>, what: string) => Step[];
    },
    call: CallArguments,
  ): Value {
    const what = shortName(path);
    const [first, ...rest] = call.positional;
    const input = first ?? call.named.get('input');
    if (input?.kind !== 'tensor') return unknown;
    const named = new Map([...call.named].filter(([name]) => name !== 'input'));
    const bound = bind(what, entry.signature, { positional: rest, named });
    if (what === 'F.dropout') {
      const training = bound.get('training');
      if (training?.kind !== 'unknown' && training?.kind !== 'method')
        this.findings.add('warning', 'dropout-always', this.place(node));
    }
    return this.after(input.node, entry.steps(bound, what), this.place(node), null);
  }

  protected tensorMethod(node: SyntaxNode, tensor: TensorNode, name: string, call: CallArguments): Value {
    const place = this.place(node);
    const same: Value = { kind: 'tensor', node: tensor };
    if (harmless.has(name)) return same;
    if (name === 'size') {
      const [axis] = call.positional;
      return axis?.kind === 'number' ? { kind: 'length', axis: axis.value } : { kind: 'shape' };
    }
    if (name === 'view' || name === 'reshape') {
      const sizes = call.positional.flatMap((value) => (value.kind === 'list' ? value.items : [value]));
      return this.reshaped(node, tensor, sizes);
    }
    if (name === 'mean') return this.mean(node, same, call.positional[0] ?? call.named.get('dim'));
    if (name === 'add' || name === 'add_') {
      const [other] = call.positional;
      if (other?.kind === 'tensor') return this.sum(node, tensor, other.node);
    }
    const entry = methodTable[name];
    if (entry)
      return this.after(
        tensor,
        entry.steps(bind(`x.${name}`, entry.signature, call), `x.${name}`),
        place,
        null,
      );
    if (this.mode !== 'forward') return unknown;
    throw new NotUnderstood('operation-unknown', { what: `x.${name}` });
  }

  /** `view(batch, -1)`, `view(-1, 320)`: one row an image. Any other shape is no layer. */
  protected reshaped(node: SyntaxNode, tensor: TensorNode, sizes: readonly Value[]): Value {
    const [rows, features] = sizes;
    const batch =
      (rows?.kind === 'length' && rows.axis === 0) ||
      rows?.kind === 'unknown' ||
      (rows?.kind === 'number' && rows.value === -1);
    if (sizes.length !== 2 || !batch || !features)
      throw new NotUnderstood('reshape', { sizes: this.source.of(node).replace(/\s+/g, ' ') });
    const known = features.kind === 'number' && features.value > 0;
    if (rows.kind === 'number' && !known)
      throw new NotUnderstood('reshape', { sizes: this.source.of(node).replace(/\s+/g, ' ') });
    const step: Step = known ? { kind: 'flatten', features: features.value } : { kind: 'flatten' };
    return this.after(tensor, [step], this.place(node), null);
  }

  protected mean(node: SyntaxNode, of: Value | undefined, dim: Value | undefined): Value {
    if (of?.kind !== 'tensor') return unknown;
    const axes =
      dim?.kind === 'list' ? dim.items.map((item) => (item.kind === 'number' ? item.value : NaN)) : [];
    const sorted = axes.map((axis) => (axis < 0 ? axis + 4 : axis)).sort();
    if (sorted.join() !== '2,3') throw new NotUnderstood('operation-unknown', { what: 'mean' });
    return this.after(of.node, [{ kind: 'mean' }], this.place(node), null);
  }
}
