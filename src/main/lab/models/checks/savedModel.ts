import { servingNames } from '../../../engine/serving/servingGraph.ts';
import { type Check, channelsLast, imagesFor } from './check.ts';

/** TensorFlow's own loader of SavedModels, as tfjs-node has it, in the engine's thread. */
export const checkSavedModel: Check = async (input) => {
  const names = servingNames(input.options);
  const images = channelsLast(imagesFor(input));
  const { data } = await input.engine.served({ folder: input.folder, ...names, images });
  return { runtime: 'TensorFlow (tfjs-node)', outputs: [data] };
};
