/** The quality of a net beyond its accuracy: calibration, proper scores, and metrics of each class. */
import { classMetrics, type ClassMetrics } from '../runs/metrics.ts';
import {
  type CalibratedError,
  type Calibration,
  brierScore,
  calibration,
  errorOfCalibrated,
  logLoss,
} from '../statistics/calibration.ts';
import { type TestPredictions, confidences, confusionOf, correctCount, correctness } from './predictions.ts';

export interface Quality {
  readonly correct: number;
  readonly total: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly calibration: Calibration;
  /** The error that a calibrated net with the same confidences would show by chance. */
  readonly calibrated: CalibratedError;
  readonly confusion: readonly number[];
  readonly classes: readonly ClassMetrics[];
}

export function qualityOf(of: TestPredictions): Quality {
  const { labels, predictions, probabilities, classes } = of;
  const sure = confidences(of);
  const confusion = confusionOf(labels, predictions, classes);
  return {
    correct: correctCount(of),
    total: labels.length,
    brier: brierScore(probabilities, labels, classes),
    logLoss: logLoss(probabilities, labels, classes),
    calibration: calibration(sure, correctness(of)),
    calibrated: errorOfCalibrated(sure),
    confusion,
    classes: classMetrics(confusion, classes),
  };
}
