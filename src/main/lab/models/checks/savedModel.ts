import { servingNames } from '../../../engine/serving/servingGraph.ts';
import { type Check, channelsLast, imagesFor } from './check.ts';

/** Checks a SavedModel with TensorFlow's own loader, through tfjs-node, in the engine's thread. */
export const checkSavedModel: Check = async (input) => {
  const names = servingNames(input.options);
  const images = channelsLast(imagesFor(input));
  const { data } = await input.engine.served({ folder: input.folder, ...names, images });
  return { runtime: 'TensorFlow (tfjs-node)', outputs: [data] };
};
