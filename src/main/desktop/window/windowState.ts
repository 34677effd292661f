/**
 * The window's position and size, kept in STRIDE_HOME between starts. They are only a convenience: if the
 * file is missing or damaged, or the position is on a screen that no longer exists, the window has its
 * default size in the centre of the screen.
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
  /** Position of the window; the centre of the screen if left out. */
  readonly position?: { readonly x: number; readonly y: number };
  readonly maximized: boolean;
}

const firstState: WindowState = { size: { width: 1280, height: 860 }, maximized: false };

/** Part of the title bar that must be on a screen so that it can be dragged. */
const grip = { width: 120, height: 40 };

/** Returns the state; `screens` are the work areas of the current displays. */
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
