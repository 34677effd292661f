/**
 * Principal components by subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4): random directions are
 * multiplied with the covariance a few times and made orthonormal, which turns them towards the axes of the largest
 * variance. The covariance, which may be large, is never formed.
 */
import { EigenvalueDecomposition, Matrix, QrDecomposition } from 'ml-matrix';

export interface Rows {
  readonly count: number;
  readonly width: number;
  /** Count × width, row-major. */
  readonly values: Float32Array;
}

interface Components {
  readonly components: number;
  /** Rows × components. */
  readonly coordinates: Float32Array;
  readonly explained: Float32Array;
}

/** More directions than are wanted make the wanted ones converge sooner. */
const oversampling = 10;
const rounds = 12;

/** Centres the rows in place. Of two directions that differ by their sign, the one whose largest weight is positive is taken. */
export function principalComponents(rows: Rows, wanted: number): Components {
  const total = centre(rows);
  const most = Math.min(wanted + oversampling, rows.width);
  let directions = orthonormal(randomDirections(rows.width, most));
  for (let round = 0; round < rounds; round += 1) {
    directions = orthonormal(backward(rows, forward(rows, directions)));
  }
  const projected = forward(rows, directions);
  const small = projected.transpose().mmul(projected);
  const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const kept = order.slice(0, Math.min(wanted, rows.width));
  const axes = directions.mmul(eigenvectorMatrix);
  const signs = kept.map((axis) => {
    const column = axes.getColumn(axis);
    return column.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0) < 0 ? -1 : 1;
  });
  const turned = projected.mmul(eigenvectorMatrix);
  const coordinates = new Float32Array(rows.count * kept.length);
  for (let row = 0; row < rows.count; row += 1) {
    kept.forEach((axis, i) => {
      coordinates[row * kept.length + i] = signs[i]! * turned.get(row, axis);
    });
  }
  const explained = Float32Array.from(kept, (axis) =>
    total > 0 ? Math.max(0, realEigenvalues[axis]!) / total : 0,
  );
  return { components: kept.length, coordinates, explained };
}

/** Subtracts each column's mean and returns the sum of squares of what remains. */
function centre({ count, width, values }: Rows): number {
  const mean = new Float64Array(width);
  values.forEach((value, i) => (mean[i % width]! += value / count));
  let total = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i]! - mean[i % width]!;
    values[i] = value;
    total += value * value;
  }
  return total;
}

/** Returns rows × directions. */
function forward({ count, width, values }: Rows, directions: Matrix): Matrix {
  const columns = directions.columns;
  const weights = Float64Array.from(directions.to1DArray());
  const result = new Matrix(count, columns);
  const sum = new Float64Array(columns);
  for (let row = 0; row < count; row += 1) {
    sum.fill(0);
    for (let i = 0; i < width; i += 1) {
      const value = values[row * width + i]!;
      for (let k = 0; k < columns; k += 1) sum[k]! += value * weights[i * columns + k]!;
    }
    result.setRow(row, [...sum]);
  }
  return result;
}

/** Returns the transposed rows × `projected`. */
function backward({ count, width, values }: Rows, projected: Matrix): Matrix {
  const columns = projected.columns;
  const sums = new Float64Array(width * columns);
  for (let row = 0; row < count; row += 1) {
    const own = Float64Array.from(projected.getRow(row));
    for (let i = 0; i < width; i += 1) {
      const value = values[row * width + i]!;
      for (let k = 0; k < columns; k += 1) sums[i * columns + k]! += value * own[k]!;
    }
  }
  return Matrix.from1DArray(width, columns, sums);
}

function orthonormal(columns: Matrix): Matrix {
  return new QrDecomposition(columns).orthogonalMatrix;
}

/** Returns normal numbers (Box and Muller) from a fixed linear congruential generator, so that answers repeat. */
function randomDirections(rows: number, columns: number): Matrix {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / (2 ** 32 + 1);
  };
  const values = Float64Array.from(
    { length: rows * columns },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
  return Matrix.from1DArray(rows, columns, values);
}
