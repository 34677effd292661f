/**
 * A graph that computes a net's logits for many images of one file quickly. The file's bytes are held in the
 * graph, pixels are scaled and normalised there, and a batch is split into shards, one per core. `load` reads
 * the file, `classify` maps `indices` to `logits`, both by shard, and `read` and `write` transfer a
 * checkpoint's parameters.
 */
import type { DataFile, DatasetSummary } from '../../../shared/datasets/dataset.ts';
import type { Network } from '../../../shared/network/network.ts';
import type { PixelConstants } from '../data/normalisation.ts';
import { Graph, unknown } from '../graph/graph.ts';
import {
  assignVariable,
  gatherVariable,
  identity,
  placeholder,
  readBytes,
  reshape,
  scalar,
  variable,
} from '../graph/operations.ts';
import { normalise, toUnit } from './batches.ts';
import type { CompiledInspection } from './inspectionGraph.ts';
import { Net } from './net.ts';
import { addReadAndWrite } from './parameters.ts';

export interface PredictionOptions {
  readonly network: Network;
  readonly summary: DatasetSummary;
  readonly images: DataFile;
  /** Mean and deviation that pixels are normalised with; null leaves pixels in [0, 1]. */
  readonly constants: PixelConstants | null;
  readonly shards: number;
}

export function compilePredictions(options: PredictionOptions): CompiledInspection {
  const { network, summary, images, constants, shards } = options;
  const g = new Graph();
  const net = new Net(g, network);
  const shape = [images.count, summary.height, summary.width, summary.channels];
  const path = placeholder(g, 'path', 'string', []);
  const stored = variable(g, 'images', 'uint8', shape);
  const bytes = readBytes(
    g,
    path,
    images.offset,
    shape.reduce((a, b) => a * b, 1),
  );
  const loaded = assignVariable(g, stored, reshape(g, bytes, shape));
  const done = identity(g, scalar(g, 1), { control: [loaded], name: 'loaded' });
  g.signature('load', { inputs: { path }, outputs: { done } });

  const indices = Array.from({ length: shards }, (_, shard) =>
    placeholder(g, `indices_${shard}`, 'int32', [unknown]),
  );
  const pixels = indices.map((index) => {
    const unit = toUnit(g, gatherVariable(g, stored, index));
    return constants ? normalise(g, unit, constants) : unit;
  });
  const { logits } = net.forward(pixels);
  g.signature('classify', {
    inputs: { indices },
    outputs: { logits: logits.map((shard) => identity(g, shard)) },
  });
  const { packed } = net;
  addReadAndWrite(g, packed);
  return {
    graph: g,
    summary: net.summary,
    state: packed.flatMap(({ members }) => members).map(({ key, shape }) => ({ name: key, shape })),
  };
}
