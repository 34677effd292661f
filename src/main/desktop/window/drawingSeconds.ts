/** The processor time of drawing, by Electron's own count. */
import { app } from 'electron';

/** Returns the seconds of processor time that the page and the compositor have taken since they started. */
export function drawingSeconds(): number {
  let sum = 0;
  for (const { type, cpu } of app.getAppMetrics()) {
    if (type === 'Tab' || type === 'GPU') sum += cpu.cumulativeCPUUsage ?? 0;
  }
  return sum;
}
