import { afterAll, beforeEach, expect, test } from 'vitest';
import { overwriteGetLocale } from '../paraglide/runtime.js';
import {
  absent,
  formatClock,
  formatCount,
  formatDuration,
  formatLoss,
  formatPercent,
  formatPercentTick,
  formatShare,
  runLabel,
} from './format.ts';

let locale: 'en' | 'zh-CN' = 'en';
overwriteGetLocale(() => locale);
beforeEach(() => (locale = 'en'));
afterAll(() => overwriteGetLocale(() => 'en'));

test('numbers have a constant number of digits', () => {
  expect([0.5, 2.30259, 12, 0].map(formatLoss)).toEqual(['0.5000', '2.3026', '12.0000', '0.0000']);
  expect([formatShare(9712, 10_000), formatShare(10_000, 10_000)]).toEqual(['97.12%', '100.00%']);
  expect([formatCount(8490), formatPercent(95), formatPercent(98.346, 2)]).toEqual([
    '8,490',
    '95%',
    '98.35%',
  ]);
  expect([formatPercentTick(95, 5), formatPercentTick(98.5, 0.5)]).toEqual(['95%', '98.5%']);
});

test('what is not there, or no number any more, says so', () => {
  expect([
    formatLoss(null),
    formatLoss(undefined),
    formatShare(undefined, 10),
    formatShare(1, undefined),
  ]).toEqual(Array.from({ length: 4 }, () => absent));
  expect([NaN, Infinity, 123_456].map(formatLoss)).toEqual(['NaN', '∞', '1.23e+5']);
});

test('times', () => {
  expect([formatClock(0), formatClock(65.4), formatClock(3723)]).toEqual(['0:00', '1:05', '1:02:03']);
  expect([formatDuration(4.16), formatDuration(75), formatDuration(601)]).toEqual([
    '4.2 s',
    '75.0 s',
    '10:01',
  ]);
});

test('the language is that of now', () => {
  expect(runLabel({ name: 'course', id: 3 })).toBe('Course net #3');
  locale = 'zh-CN';
  expect(runLabel({ name: 'homework', id: 3 })).toBe('作业网络 #3');
  expect(runLabel({ name: 'my net', id: 3 })).toBe('my net #3');
  expect(formatDuration(4.16)).toBe('4.2 秒');
});
