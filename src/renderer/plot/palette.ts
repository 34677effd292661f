/**
 * Converts the tokens' colours for a canvas. A probe element resolves `var()` and `light-dark()`, which a canvas
 * cannot.
 */
import { runColourCount } from './data/trace.ts';

export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly card: string;
  readonly accent: string;
  /** The colour of a selection. */
  readonly selection: string;
  readonly font: string;
  /** Returns the colour of a run by its colour number, from 1. */
  run(colour: number): string;
  faint(colour: number): string;
}

export function readPalette(element: HTMLElement): Palette {
  const probe = document.createElement('span');
  // A canvas is not recoloured in forced-colours mode: its lines keep their own colours, or they would all be the same.
  probe.style.setProperty('forced-color-adjust', 'none');
  element.append(probe);
  const read = (name: string, alpha = 100) => {
    probe.style.color = `color-mix(in srgb, var(--${name}) ${alpha}%, transparent)`;
    return getComputedStyle(probe).color;
  };
  const runs = Array.from({ length: runColourCount }, (_, index) => read(`run-${index + 1}`));
  const faints = Array.from({ length: runColourCount }, (_, index) => read(`run-${index + 1}`, 28));
  const palette: Palette = {
    ink: read('ink'),
    muted: read('ink-3'),
    line: read('line'),
    card: read('card'),
    accent: read('accent'),
    selection: read('accent', 14),
    font: getComputedStyle(element).fontFamily,
    run: (colour) => runs[colour - 1]!,
    faint: (colour) => faints[colour - 1]!,
  };
  probe.remove();
  return palette;
}
