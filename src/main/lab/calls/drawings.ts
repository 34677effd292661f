/** Calls for drawings that are kept as a test set. */
import type { CallReply, CallRequest } from '../../../shared/api/api.ts';
import { Problem } from '../../../shared/base/problem.ts';
import type { Dataset } from '../../../shared/datasets/dataset.ts';
import { mostDrawings } from '../../../shared/inspect/drawing/drawings.ts';
import type { History } from '../../history/open.ts';

export function drawingCalls(
  { drawings }: Pick<History, 'drawings'>,
  openDataset: (id: string) => Promise<Dataset>,
) {
  return {
    'drawings.list': ({ dataset }: CallRequest<'drawings.list'>): CallReply<'drawings.list'> =>
      drawings.list(dataset),
    'drawings.save': async (drawing: CallRequest<'drawings.save'>): Promise<CallReply<'drawings.save'>> => {
      const { height, width, channels, classes } = (await openDataset(drawing.dataset)).summary;
      const size = height * width * channels;
      if (drawing.pixels.length !== size || !drawing.pixels.every((pixel) => pixel >= 0 && pixel <= 1)) {
        throw new Problem(
          'drawings.pixels',
          `a drawing for this data set is ${size} pixels from 0 to 1; these are ${drawing.pixels.length}`,
          { size, length: drawing.pixels.length },
        );
      }
      if (drawing.label >= classes.length) {
        throw new Problem(
          'inspect.class',
          `there is no class ${drawing.label}: the last of these ${classes.length} is class ${classes.length - 1}`,
          { class: drawing.label, classes: classes.length },
        );
      }
      if (drawings.list(drawing.dataset).length >= mostDrawings) {
        throw new Problem(
          'drawings.full',
          `${mostDrawings} drawings are kept for this data set, which is the most; delete some first`,
          { most: mostDrawings },
        );
      }
      return drawings.add(drawing);
    },
    'drawings.delete': ({ id }: CallRequest<'drawings.delete'>): CallReply<'drawings.delete'> => {
      if (drawings.remove(id)) return {};
      throw new Problem('drawings.unknown', `there is no drawing ${id}; it may have been deleted`, { id });
    },
  };
}
