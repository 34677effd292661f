/**
 * The second part of `npm run test:kernels`: node scripts/kernelShapes.ts <lanes> <shapes> <seed>. Exit code 1 if the
 * kernels and TensorFlow differ in a shape.
 */
import { differingShapes } from '../test/support/kernelShapes.ts';

const [lanes, shapes, seed] = process.argv.slice(2).map(Number) as [8 | 16, number, number];
/** Shapes in one graph. */
const atOnce = 100;
const wrong: string[] = [];
for (let from = 0; from < shapes; from += atOnce) {
  wrong.push(...(await differingShapes(Math.min(atOnce, shapes - from), seed * 1000 + from / atOnce, lanes)));
}
for (const each of wrong) console.error(each);
console.log(`${lanes} lanes: ${shapes - wrong.length} of ${shapes} shapes as TensorFlow has them`);
process.exitCode = wrong.length === 0 ? 0 : 1;
