/**
 * The window's entry point. The frame of index.html is painted first: the window appears, and its scripts, which take
 * longer to load than anything else, are loaded after that.
 */
import './ui/base.css';

/** Milliseconds to wait for a frame. A page in the background gets none. */
const framePatience = 100;

await Promise.race([
  // The callback of the second request runs after the first frame.
  new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  new Promise((late) => setTimeout(late, framePatience)),
]);
const { open } = await import('./open.ts');
open();
