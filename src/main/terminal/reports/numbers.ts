/**
 * Parses numbers on the command line exactly, or refuses them with the valid range. The API's schemas decide.
 */
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { optimizerSchema, seedSchema, trainingSettingsSchema } from '../../../shared/training/training.ts';
import { say } from '../../host/language.ts';

const { epochs, batchSize } = trainingSettingsSchema.shape;
const [{ shape: sgd }] = optimizerSchema.options;

export const parseEpochs = whole(epochs, 'a whole number from 1 to 10,000');
export const parseBatchSize = whole(batchSize, 'a whole number from 1 to 10,000,000');
export const parseSeed = whole(seedSchema, 'a whole number from 0 to 9,007,199,254,740,991');
export const parseLearningRate = decimal(sgd.learningRate, 'a number above 0 and up to 100');
export const parseMomentum = decimal(sgd.momentum, 'a number from 0 up to, but not including, 1');
export const parseRunId = whole(z.int().positive(), 'the number of a run, as the command "runs" lists them');
export const parseTraining = whole(z.int().min(1).max(100), 'a whole number from 1 to 100');
export const parseLimit = whole(z.int().min(1).max(1000), 'a whole number from 1 to 1,000');

function whole(schema: z.ZodType, range: string): (text: string) => number {
  return parser(/^\d+$/, schema, range);
}

function decimal(schema: z.ZodType, range: string): (text: string) => number {
  return parser(/^\d*\.?\d+(e[+-]?\d+)?$/i, schema, range);
}

/** Returns a parser. `range` describes what `schema` accepts; a test checks that they agree. */
function parser(pattern: RegExp, schema: z.ZodType, range: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!pattern.test(text) || !schema.safeParse(value).success)
      throw new InvalidArgumentError(say('Give {range}.', { range: say(range) }));
    return value;
  };
}
