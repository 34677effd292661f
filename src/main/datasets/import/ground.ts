/** Tells grey images that are dark on a light ground, as people write, from those that are bright on black, as MNIST's. */
import { Problem } from '../../../shared/base/problem.ts';
import type { ImageForm } from '../formats/format.ts';

/** Mean of the border, of 255, from which on the ground is called light. */
const light = 170;
/** How much darker than the border the rest must be in the mean, so that something is drawn on the ground. */
const contrast = 10;

export class Ground {
  readonly #form: ImageForm;
  #images = 0;
  #border = 0;
  #inside = 0;

  /** Creates the sums; `form` is that of the images as they are stored. */
  constructor(form: ImageForm) {
    this.#form = form;
  }

  add(pixels: Uint8Array): void {
    const { height, width, channels } = this.#form;
    if (channels !== 1 || height < 3 || width < 3) return;
    let [all, inside] = [0, 0];
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const pixel = pixels[y * width + x] as number;
        all += pixel;
        if (x > 0 && y > 0 && x < width - 1 && y < height - 1) inside += pixel;
      }
    }
    const within = (height - 2) * (width - 2);
    this.#images += 1;
    this.#inside += inside / within;
    this.#border += (all - inside) / (height * width - within);
  }

  /** Returns a note about a light ground, or none. */
  notes(): Problem[] {
    const [border, inside] = [this.#border / this.#images, this.#inside / this.#images];
    if (this.#images === 0 || border < light || border - inside < contrast) return [];
    return [
      new Problem(
        'dataset.note-light-ground',
        `the images are dark on a light ground (the mean of their borders is ${Math.round(border)} of 255), while MNIST's are ` +
          'bright on black; a net that was trained on one kind does not recognise the other, unless they are inverted',
        { border: Math.round(border) },
      ),
    ];
  }
}
