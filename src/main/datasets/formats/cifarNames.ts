/** The class names of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html), for sets without their own list. */
export const cifar10Classes = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
];

/** Side of an image. An image has 1024 red, 1024 green and 1024 blue bytes. */
export const cifarSide = 32;
export const cifarPixels = 3 * cifarSide * cifarSide;

/** Converts one plane per channel to interleaved channels. */
export function interleave(planes: Uint8Array, out: Uint8Array): Uint8Array {
  const area = cifarSide * cifarSide;
  for (let pixel = 0; pixel < area; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1)
      out[pixel * 3 + channel] = planes[channel * area + pixel] as number;
  return out;
}
