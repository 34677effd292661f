/**
 * PyTorch's CPU generator and its distributions, bit for bit, so that a seed gives Stride the same initial
 * weights and the same batches as a script that calls `torch.manual_seed`.
 *
 * MT19937: Matsumoto and Nishimura 1998, `mt19937ar.c`. How PyTorch draws from it: ATen's
 * `CPUGeneratorImpl.cpp`, `TransformationHelper.h`, `DistributionTemplates.h`.
 */

const N = 624;
const M = 397;

export interface GeneratorState {
  readonly words: number[];
  readonly position: number;
}

export class Generator {
  readonly #words = new Uint32Array(N);
  #position = N;

  /** Seeds the generator with the low 32 bits, as `torch.manual_seed` does. */
  constructor(seed: number | bigint) {
    this.#words[0] = Number(BigInt.asUintN(32, BigInt(seed)));
    for (let i = 1; i < N; i += 1) {
      const previous = this.#words[i - 1] as number;
      this.#words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  static fromState(state: GeneratorState): Generator {
    const generator = new Generator(0);
    generator.#words.set(state.words);
    generator.#position = state.position;
    return generator;
  }

  state(): GeneratorState {
    return { words: Array.from(this.#words), position: this.#position };
  }

  /** Draws an unsigned 32-bit number. */
  next32(): number {
    if (this.#position === N) this.#twist();
    let y = this.#words[this.#position] as number;
    this.#position += 1;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    y ^= y >>> 18;
    return y >>> 0;
  }

  /** Draws an unsigned 64-bit number from two 32-bit draws, the first one high. */
  next64(): bigint {
    const high = BigInt(this.next32());
    return (high << 32n) | BigInt(this.next32());
  }

  /** Draws as `torch.empty((), dtype=torch.int64).random_()` does: the low 63 bits of a 64-bit draw. */
  randomInt64(): bigint {
    return BigInt.asUintN(63, this.next64());
  }

  #twist(): void {
    const w = this.#words;
    for (let i = 0; i < N; i += 1) {
      const y = ((w[i] as number) & 0x80000000) | ((w[(i + 1) % N] as number) & 0x7fffffff);
      w[i] = (w[(i + M) % N] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}

/** Returns the low 24 bits of a 32-bit draw divided by 2²⁴: an exact float32 in [0, 1). */
function unit(generator: Generator): number {
  return (generator.next32() & 0xffffff) / 0x1000000;
}

/**
 * Draws as `tensor.uniform_(from, to)` does on float32. PyTorch's builds contract x·(to − from) + from to one
 * fused operation, so there is one rounding at the end; a float32 product is exact in double precision.
 */
export function uniform(generator: Generator, length: number, from: number, to: number): Float32Array {
  const low = Math.fround(from);
  const range = Math.fround(Math.fround(to) - low);
  return Float32Array.from({ length }, () => Math.fround(unit(generator) * range + low));
}

/** Draws as `tensor.normal_(mean, deviation)` does on float32. */
export function normal(generator: Generator, length: number, mean: number, deviation: number): Float32Array {
  return length < 16
    ? normalOneByOne(generator, length, mean, deviation)
    : normalBySixteen(generator, length, mean, deviation);
}

/**
 * Draws as ATen's `normal_fill` does: uniform numbers first, then Box-Muller on blocks of 16 with the cosines
 * in the first half.
 */
function normalBySixteen(
  generator: Generator,
  length: number,
  mean: number,
  deviation: number,
): Float32Array {
  const data = Float32Array.from({ length }, () => unit(generator));
  const transform = (start: number) => {
    for (let j = start; j < start + 8; j += 1) {
      const radius = Math.sqrt(-2 * Math.log(Math.fround(1 - (data[j] as number))));
      const theta = 2 * Math.PI * (data[j + 8] as number);
      data[j] = radius * Math.cos(theta) * deviation + mean;
      data[j + 8] = radius * Math.sin(theta) * deviation + mean;
    }
  };
  for (let start = 0; start + 16 <= length; start += 16) transform(start);
  if (length % 16 !== 0) {
    const start = length - 16;
    for (let i = start; i < length; i += 1) data[i] = unit(generator);
    transform(start);
  }
  return data;
}

/**
 * Draws as ATen's `normal_distribution<double>` does: pairs from two 53-bit uniform numbers, of which the
 * second is kept for the next draw.
 */
function normalOneByOne(generator: Generator, length: number, mean: number, deviation: number): Float32Array {
  const unit53 = () => Number(BigInt.asUintN(53, generator.next64())) / 2 ** 53;
  const data = new Float32Array(length);
  let kept: number | undefined;
  for (let i = 0; i < length; i += 1) {
    if (kept !== undefined) {
      data[i] = kept * deviation + mean;
      kept = undefined;
      continue;
    }
    const u1 = unit53();
    const u2 = unit53();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    const theta = 2 * Math.PI * u1;
    kept = radius * Math.sin(theta);
    data[i] = radius * Math.cos(theta) * deviation + mean;
  }
  return data;
}

/**
 * Draws as `torch.randperm(n)` does for n below 2³¹: for each i from the front, swap with i + (draw mod (n −
 * i)).
 */
export function randperm(generator: Generator, n: number): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i += 1) {
    const other = i + (generator.next32() % (n - i));
    const kept = order[i] as number;
    order[i] = order[other] as number;
    order[other] = kept;
  }
  return order;
}
