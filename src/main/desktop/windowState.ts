/**
 * Where the window was and how large, kept in STRIDE_HOME from one start to the next. It is a convenience: a file that is
 * missing or damaged, and a place on a screen that is gone, give the window its first size in the middle of the screen.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';

const fileSchema = z.object({
  x: z.int(),
  y: z.int(),
  width: z.int().min(400).max(20_000),
  height: z.int().min(300).max(20_000),
  maximized: z.boolean(),
});

export interface WindowState {
  readonly size: { readonly width: number; readonly height: number };
  /** In the middle of the screen where there is none. */
  readonly position?: { readonly x: number; readonly y: number };
  readonly maximized: boolean;
}

const firstState: WindowState = { size: { width: 1280, height: 860 }, maximized: false };

/** So much of the title bar must be on a screen that it can be taken hold of. */
const grip = { width: 120, height: 40 };

/** `screens` are the work areas of the displays that are there now. */
export function readWindowState(home: string, screens: readonly Rectangle[]): WindowState {
  let kept: z.infer<typeof fileSchema>;
  try {
    kept = fileSchema.parse(JSON.parse(readFileSync(file(home), 'utf8')));
  } catch {
    return firstState;
  }
  const { x, y, width, height, maximized } = kept;
  const reachable = screens.some((screen) => holds(screen, { x, y, width, height }));
  return { size: { width, height }, ...(reachable && { position: { x, y } }), maximized };
}

export function writeWindowState(
  home: string,
  window: Pick<BrowserWindow, 'getNormalBounds' | 'isMaximized'>,
): void {
  const state = { ...window.getNormalBounds(), maximized: window.isMaximized() };
  try {
    writeFileSync(file(home), JSON.stringify(state));
  } catch (error) {
    console.warn('the place of the window could not be kept:', error);
  }
}

function file(home: string): string {
  return join(home, 'window.json');
}

function holds(screen: Rectangle, { x, y, width }: Rectangle): boolean {
  const shared = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  return shared >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height;
}
