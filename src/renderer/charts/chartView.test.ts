import { beforeEach, expect, test } from 'vitest';
import { ChartView } from './chartView.svelte.ts';

let view: ChartView;
beforeEach(() => {
  view = new ChartView();
  view.full = { min: 0, max: 10 };
});

test('all in sight is no zoom, and grows with what there is', () => {
  view.zoomTo({ min: -5, max: 30 });
  expect(view.range).toBeNull();
  view.full = { min: 0, max: 20 };
  expect(view.shown).toEqual({ min: 0, max: 20 });
});

test('zooms around the cursor where that is in sight, else around the middle', () => {
  view.zoomBy(2);
  expect(view.range).toEqual({ min: 2.5, max: 7.5 });
  view.point(2.5);
  view.zoomBy(5);
  expect(view.range).toEqual({ min: 2.5, max: 3.5 });
  view.zoomBy(1 / 100);
  expect(view.range).toBeNull();
});

test('does not leave what there is, nor come closer than can be drawn', () => {
  view.zoomTo({ min: 4, max: 6 });
  view.panBy(100);
  expect(view.range).toEqual({ min: 8, max: 10 });
  view.panBy(-100);
  expect(view.range).toEqual({ min: 0, max: 2 });
  view.zoomTo({ min: 5, max: 5 });
  expect(view.range!.max - view.range!.min).toBeGreaterThan(0);
});

test('a pinned cursor stays until it is released', () => {
  view.point(3);
  view.pin(4);
  view.point(7);
  expect([view.cursor, view.pinned]).toEqual([4, true]);
  view.moveCursor(0.1);
  expect(view.cursor).toBe(5);
  view.pin(5);
  view.point(null);
  expect([view.cursor, view.pinned]).toEqual([null, false]);
});

test('another axis lets go of zoom and cursor, the same one does not', () => {
  view.zoomTo({ min: 1, max: 2 });
  view.pin(1.5);
  view.chooseAxis('epoch');
  expect(view.range).not.toBeNull();
  view.chooseAxis('seconds');
  expect([view.range, view.cursor, view.pinned]).toEqual([null, null, false]);
});

test('hides and shows; alone, and all again', () => {
  view.toggleRun(2);
  expect([...view.hiddenRuns]).toEqual([2]);
  view.soloRun(2, [1, 2, 3]);
  expect([...view.hiddenRuns]).toEqual([1, 3]);
  view.soloRun(2, [1, 2, 3]);
  expect([...view.hiddenRuns]).toEqual([]);
  view.soloKind('batch', ['batch', 'running']);
  expect([...view.hiddenKinds]).toEqual(['running']);
});
