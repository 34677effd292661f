import { expect, test } from 'vitest';
import { Tour, tourStops } from './tour.svelte.ts';

test('goes through five stops, each on its screen, back too, and ends after the last', () => {
  const went: string[] = [];
  const tour = new Tour(({ view }) => went.push(view));
  expect(tour.stop).toBeNull();
  tour.next();
  tour.start();
  tour.back();
  tour.next();
  tour.back();
  expect(tour.stop?.id).toBe('design');
  for (let stop = 0; stop < tourStops.length; stop++) tour.next();
  expect(tour.stop).toBeNull();
  expect(went).toEqual(['design', 'train', 'design', 'train', 'train', 'runs', 'runs']);
  expect(tourStops).toHaveLength(5);
});
