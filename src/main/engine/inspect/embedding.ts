/** Embeds the test set by the principal components of the features that a net's last layer is given. */
import { type Embedding, lastTrained, mostComponents } from '../../../shared/inspect/embedding.ts';
import { inputPlace } from '../../../shared/inspect/trace.ts';
import { elements } from '../../../shared/layers/layer.ts';
import { activationKey } from '../compile/net.ts';
import { readRange } from '../data/images.ts';
import type { LongWork } from './longWork.ts';
import { type InspectionOrder, netInput, openNet } from './openNet.ts';
import type { Rows } from './principalComponents.ts';

/** Number of values that are kept at once: 64 MB. A wider layer is embedded with fewer images. */
const mostValues = 1.6e7;
const batchSize = 100;

/** Throws a `Problem` if the tensors are not this net's, or if the work was cancelled. */
export async function embedTestSet(order: InspectionOrder, work: LongWork): Promise<Embedding> {
  const last = lastTrained(order.network);
  if (!last) throw new Error('a net without a trained layer has no features');
  const features = elements(last.input);
  const images = Math.max(
    1,
    Math.min(order.dataset.files.test.images.count, Math.floor(mostValues / features)),
  );
  const rows = { count: images, width: features, values: new Float32Array(images * features) };
  await readFeatures(order, last.from, rows, work);
  // Every inspection thread would load the library for matrices otherwise.
  const { principalComponents } = await import('./principalComponents.ts');
  const found = principalComponents(rows, Math.min(mostComponents, features));
  return { place: last.from, features, images, ...found };
}

async function readFeatures(
  order: InspectionOrder,
  place: string,
  { count: images, width, values }: Rows,
  work: LongWork,
): Promise<void> {
  const { summary, files } = order.dataset;
  const net = await openNet(order);
  try {
    for (let from = 0; from < images; from += batchSize) {
      const count = Math.min(batchSize, images - from);
      const input = netInput(net, await readRange(files.test.images, summary, from, count));
      const found =
        place === inputPlace ? input : net.session.run('trace', { images: input })[activationKey(place)];
      if (!found) throw new Error(`the graph gives no output of ${place}`);
      values.set(found.data, from * width);
      await work.step(from + count, images);
    }
  } finally {
    net.session.close();
  }
}
