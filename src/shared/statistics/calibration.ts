/**
 * Calibration of a net's probabilities. The confidence is the probability of the predicted class. Brier score and log
 * loss are proper scores; the calibration error is not, and no net is ranked by it.
 */
import { type Interval, wilson } from './intervals.ts';
import { quantile } from './seeds.ts';
import { Xoshiro } from './xoshiro.ts';

export interface ConfidenceBin {
  /** The bin holds confidences above `from` and up to `to`; the first bin also holds `from` itself. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly right: number;
  /** Null if the bin is empty. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
  /** Wilson's 95% interval of the accuracy. */
  readonly interval: Interval | null;
}

export interface Calibration {
  readonly bins: readonly ConfidenceBin[];
  /** Expected calibration error: Σ (count / n)·|confidence − accuracy|. */
  readonly error: number;
  readonly largestError: number;
}

const usualBins = 15;

/**
 * Computes the reliability diagram and the calibration error (M. Naeini, G. Cooper and M. Hauskrecht, AAAI 2015; C. Guo
 * et al., ICML 2017), with bins of equal width that are closed on the right. `confidences` lie in [0, 1]; `right` is 1
 * or 0.
 */
export function calibration(
  confidences: ArrayLike<number>,
  right: ArrayLike<number>,
  bins = usualBins,
): Calibration {
  const sums = sumByBin(confidences, right, bins);
  const filled = sums.map(({ count, right, confidence }, bin): ConfidenceBin => {
    const edges = { from: bin / bins, to: (bin + 1) / bins, count, right };
    if (count === 0) return { ...edges, confidence: null, accuracy: null, interval: null };
    return {
      ...edges,
      confidence: confidence / count,
      accuracy: right / count,
      interval: wilson(right, count),
    };
  });
  const gaps = filled.map((bin) => Math.abs((bin.confidence ?? 0) - (bin.accuracy ?? 0)));
  return {
    bins: filled,
    error: filled.reduce((sum, bin, i) => sum + (bin.count / confidences.length) * (gaps[i] as number), 0),
    largestError: Math.max(...gaps),
  };
}

function sumByBin(confidences: ArrayLike<number>, right: ArrayLike<number>, bins: number) {
  if (confidences.length === 0) throw new RangeError('calibration needs at least one image');
  const sums = Array.from({ length: bins }, () => ({ count: 0, right: 0, confidence: 0 }));
  for (let image = 0; image < confidences.length; image += 1) {
    const confidence = confidences[image] as number;
    const sum = sums[binOf(confidence, bins)] as (typeof sums)[number];
    sum.count += 1;
    sum.right += right[image] as number;
    sum.confidence += confidence;
  }
  return sums;
}

/** Confidence 1 belongs to the last bin, 0 to the first. */
function binOf(confidence: number, bins: number): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

export interface CalibratedError {
  readonly mean: number;
  /** 95 % of calibrated nets with these confidences have an error of at most this. */
  readonly upper: number;
}

/**
 * Computes the error that a perfectly calibrated net with these confidences would show by chance: each image is correct
 * with its confidence as the probability, drawn `rounds` times.
 */
export function errorOfCalibrated(
  confidences: ArrayLike<number>,
  bins = usualBins,
  rounds = 200,
): CalibratedError {
  const random = new Xoshiro(0);
  const total = confidences.length;
  const bin = Uint16Array.from({ length: total }, (_, i) => binOf(confidences[i] as number, bins));
  const gaps = new Float64Array(bins);
  const drawn = new Float64Array(total);
  const errors = Array.from({ length: rounds }, () => {
    gaps.fill(0);
    random.fillUnit(drawn);
    for (let i = 0; i < total; i += 1) {
      const confidence = confidences[i] as number;
      gaps[bin[i] as number]! += confidence - ((drawn[i] as number) < confidence ? 1 : 0);
    }
    return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total;
  }).sort((a, b) => a - b);
  return { mean: errors.reduce((a, b) => a + b, 0) / rounds, upper: quantile(errors, 0.95) };
}

/**
 * Computes the mean over images of Σ over classes of (probability − [class is the label])² (G. Brier, Mon. Weather Rev.
 * 78, 1950): 0 for a perfect net, at most 2. `probabilities` is images × classes, row-major.
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  requireRows(probabilities, labels, classes);
  let sum = 0;
  for (let at = 0; at < probabilities.length; at += 1) {
    const label = labels[Math.floor(at / classes)];
    sum += ((probabilities[at] as number) - (at % classes === label ? 1 : 0)) ** 2;
  }
  return sum / labels.length;
}

/**
 * Computes the mean over images of −log(probability of the label), natural logarithm; infinite if a label has
 * probability 0.
 */
export function logLoss(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  requireRows(probabilities, labels, classes);
  let sum = 0;
  for (let image = 0; image < labels.length; image += 1) {
    sum -= Math.log(probabilities[image * classes + (labels[image] as number)] as number);
  }
  return sum / labels.length;
}

function requireRows(probabilities: ArrayLike<number>, labels: ArrayLike<number>, classes: number): void {
  if (labels.length === 0 || probabilities.length !== labels.length * classes) {
    throw new RangeError(
      `${probabilities.length} probabilities are not ${classes} for each of ${labels.length} images`,
    );
  }
}
