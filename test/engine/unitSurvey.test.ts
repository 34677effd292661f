/** What units do on the test set, against the traces of the same images, for a net with blocks, maps and flat layers. */
import { beforeAll, describe, expect, it } from 'vitest';
import './support.ts';
import { shortened } from '../../src/shared/datasets/shortened.ts';
import { openDataset } from '../../src/main/datasets/index.ts';
import { initialParameters, parametersOf } from '../../src/main/engine/compile/parameters.ts';
import { Inspector } from '../../src/main/engine/inspect/inspect.ts';
import { longWork } from '../../src/main/engine/inspect/longWork.ts';
import { surveyUnits } from '../../src/main/engine/inspect/unitSurvey.ts';
import { Generator } from '../../src/main/engine/random/generator.ts';
import type { Answers } from '../../src/shared/inspect/inspection.ts';
import {
  type UnitSurvey,
  inputSurvey,
  troubleOf,
  unitsOf,
  wakingOf,
} from '../../src/shared/inspect/survey.ts';
import { traceSteps } from '../../src/shared/inspect/trace.ts';
import { parseNetwork } from '../../src/shared/network/network.ts';
import { summarize } from '../../src/shared/network/shapes.ts';

const images = 60;
const relu = { type: 'activation', function: 'relu' };
const network = parseNetwork({
  name: 'units',
  input: { height: 28, width: 28, channels: 1 },
  layers: [
    { type: 'conv2d', filters: 4, kernelSize: 5, stride: 3 },
    { type: 'residual', layers: [{ type: 'conv2d', filters: 6, kernelSize: 3, padding: 1 }, relu] },
    { type: 'maxPool2d', kernelSize: 2 },
    { type: 'flatten' },
    { type: 'linear', units: 12 },
    { type: 'activation', function: 'sigmoid' },
    { type: 'linear', units: 10 },
  ],
});
const steps = traceSteps(network);
const work = longWork(
  () => undefined,
  () => false,
);

let survey: UnitSurvey;
let traces: Answers['trace'];

beforeAll(async () => {
  const dataset = shortened(await openDataset('mnist'), 640, images);
  const drawn = initialParameters(parametersOf(summarize(network)), new Generator(3)).map((tensor) => ({
    ...tensor,
    name: `parameter/${tensor.name}`,
  }));
  // Filter 2 of the block never gives a positive value: its ReLU is dead. Unit 5 of the linear layer is always far above zero.
  for (const { name, data } of drawn) {
    if (name === 'parameter/1.layers.0.bias') data[2] = -1000;
    if (name === 'parameter/4.bias') data[5] = 1000;
  }
  const order = { network, dataset, settings: { normalisation: 'course' as const }, tensors: drawn };
  survey = await surveyUnits(order, work);
  const inspector = await Inspector.open(order);
  try {
    const indices = Array.from({ length: images }, (_, i) => i);
    const answer = await inspector.answer({ kind: 'trace', images: { part: 'test', indices } });
    traces = answer as Answers['trace'];
  } finally {
    inspector.close();
  }
  await expect(
    surveyUnits(
      order,
      longWork(
        () => undefined,
        () => true,
      ),
    ),
  ).rejects.toMatchObject({ code: 'inspect.cancelled' });
});

describe.each(steps)('$place', (step) => {
  it('has the largest, smallest and mean outputs of the traces, and the images that they come from', () => {
    const own = survey.layers.find(({ place }) => place === step.place)!;
    const output = traces.outputs.find(({ place }) => place === step.place)!.output.data;
    const { units, area } = unitsOf(step);
    expect(own.largest).toHaveLength(units);
    for (let unit = 0; unit < units; unit += 1) {
      const maps = Array.from({ length: images }, (_, image) =>
        output.subarray((image * units + unit) * area, (image * units + unit + 1) * area),
      );
      const peaks = maps.map((map) => Math.max(...map));
      const all = maps.flatMap((map) => [...map]);
      expect(own.largest[unit]).toBeCloseTo(Math.max(...all), 4);
      expect(own.smallest[unit]).toBeCloseTo(Math.min(...all), 4);
      expect(own.mean[unit]).toBeCloseTo(all.reduce((a, b) => a + b, 0) / all.length, 3);
      const waking = wakingOf(own, unit);
      const best = [...peaks].sort((a, b) => b - a).slice(0, waking.length);
      waking.forEach(({ image, value, at }, rank) => {
        expect(value).toBeCloseTo(best[rank]!, 3);
        expect(maps[image]![at]).toBeCloseTo(value, 3);
      });
      expect(new Set(waking.map(({ image }) => image)).size).toBe(waking.length);
    }
    const { counts, zeros, notFinite } = own.histogram;
    expect(counts.reduce((a, b) => a + b, 0) + zeros + notFinite).toBe(output.length);
    expect(zeros).toBe(output.filter((value) => value === 0).length);
  });
});

it('finds the dead and the saturated unit, and what would wake them', () => {
  const found = steps.flatMap((step) => {
    const own = survey.layers.find(({ place }) => place === step.place)!;
    return Array.from({ length: unitsOf(step).units }, (_, unit) => {
      const trouble = troubleOf(step.layer, own, unit);
      return trouble === null ? [] : [`${step.place} ${unit} ${trouble}`];
    }).flat();
  });
  expect(found).toContain('1.layers.1 2 dead');
  expect(found.filter((each) => each.startsWith('5 '))).toEqual(['5 5 saturated']);
  const relu = steps.find(({ place }) => place === '1.layers.1')!;
  const before = inputSurvey(relu, new Map(survey.layers.map((layer) => [layer.place, layer])))!;
  expect(before.place).toBe('1.layers.0');
  expect(wakingOf(before, 2)[0]!.value).toBeLessThan(-900);
});
