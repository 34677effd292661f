/**
 * Holds what ui/tokens.css promises, by computing it: contrast by WCAG 2.1, and run colours that stay distinct for people
 * who see two of the three primaries. Simulation: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runColourCount } from '../../src/renderer/plot/data/trace.ts';

type Rgb = readonly [number, number, number];

const css = readFileSync(new URL('../../src/renderer/ui/tokens.css', import.meta.url), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);
const themes = ['light', 'dark'] as const;

function linear(hex: string): Rgb {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(linear(a)), luminance(linear(b))].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

const colour = (name: string, theme: 'light' | 'dark') => {
  const token = tokens.get(name);
  if (!token) throw new Error(`no token --${name} with two hex colours`);
  return token[theme];
};

const runs = Array.from({ length: runColourCount }, (_, index) => `run-${index + 1}`);
const surfaces = ['ground', 'side', 'card', 'inset', 'hover'];

test.each(themes)('text is readable on every surface, %s', (theme) => {
  for (const ink of ['ink', 'ink-2', 'ink-3']) {
    for (const surface of surfaces) {
      expect([ink, surface, contrast(colour(ink, theme), colour(surface, theme)) >= 4.5]).toEqual([
        ink,
        surface,
        true,
      ]);
    }
  }
  for (const [ink, surface] of [
    ['accent-ink', 'accent'],
    ['accent-ink', 'accent-strong'],
    ['accent', 'card'],
    ['accent', 'ground'],
    ['accent', 'accent-tint'],
    ['good', 'good-tint'],
    ['caution', 'caution-tint'],
    ['bad', 'bad-tint'],
    ['bad', 'card'],
    ['ink', 'bad-tint'],
    ['ink', 'caution-tint'],
    ['ink-2', 'neutral-tint'],
  ] as const) {
    const enough = contrast(colour(ink, theme), colour(surface, theme)) >= 4.5;
    expect([ink, surface, enough]).toEqual([ink, surface, true]);
  }
});

test.each(themes)('controls and run colours stand out from the card, %s', (theme) => {
  for (const name of ['line-control', ...runs]) {
    expect([name, contrast(colour(name, theme), colour('card', theme)) >= 3]).toEqual([name, true]);
  }
});

const sights: Readonly<Record<string, readonly Rgb[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Oklab (Ottosson 2020), in which equal distances look about equally large. */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: string, b: string, sight: readonly Rgb[]): number {
  const seen = (hex: string) => {
    const rgb = linear(hex);
    const row = (at: number) =>
      Math.max(
        0,
        sight[at]!.reduce((sum, factor, index) => sum + factor * rgb[index]!, 0),
      );
    return oklab([row(0), row(1), row(2)]);
  };
  const [p, q] = [seen(a), seen(b)];
  return Math.hypot(...p.map((value, index) => value - q[index]!));
}

test.each(themes)('run colours stay distinct for colour-blind people, %s', (theme) => {
  const close: string[] = [];
  for (const [name, sight] of Object.entries(sights)) {
    for (const [index, a] of runs.entries()) {
      for (const b of runs.slice(index + 1)) {
        const away = distance(colour(a, theme), colour(b, theme), sight);
        // Runs that are started together have neighbouring colours.
        const least = runs.indexOf(b) === index + 1 ? 0.14 : 0.1;
        if (away < least) close.push(`${name}: ${a} ${b} ${away.toFixed(3)}`);
      }
    }
  }
  expect(close).toEqual([]);
});
