"""Computes reference values for src/shared/statistics with scipy, statsmodels and scikit-learn.

    python -m venv reference && reference/bin/pip install scipy statsmodels scikit-learn
    reference/bin/python scripts/statistics/reference.py test/vectors/statistics

Tables are drawn with a fixed seed, and edge cases are added by hand: no disagreement, all wrong, one image, the same
run twice. No library here has an interval for paired proportions; Newcombe's and Tango's are written from the papers'
formulas on top of the libraries' Wilson limits and root finder, independently of the product's code.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import optimize, stats
from sklearn.metrics import brier_score_loss, log_loss, precision_recall_fscore_support
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

Z = stats.norm.ppf(0.975)

# The counts are: both right, only A right, only B right, both wrong.
TABLES = [
    (1, 1, 7, 12), (80, 9, 2, 9), (90, 5, 0, 5), (95, 0, 0, 5), (9900, 30, 16, 54), (9850, 50, 20, 80),
    (9880, 35, 22, 63), (8700, 400, 340, 560), (9996, 2, 0, 2), (900, 40, 25, 35), (0, 50, 0, 0), (59, 6, 16, 80),
    # These tables have one image, with each possible result.
    (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1),
    # These are the same run twice, all wrong, all right, never the same, and five and six disagreements.
    (9871, 0, 0, 129), (0, 0, 0, 10000), (10000, 0, 0, 0), (0, 5000, 5000, 0), (95, 5, 0, 0), (94, 6, 0, 0),
    (0, 0, 6, 94), (0, 0, 10000, 0), (12, 3, 3, 2),
]


def drawn_tables(random):
    for _ in range(25):
        total = int(random.choice([2, 10, 50, 300, 1000, 10000, 100000]))
        shares = random.dirichlet([20, 1, 1, 2])
        yield tuple(int(count) for count in random.multinomial(total, shares))


def newcombe(a, b, c, d):
    n = a + b + c + d
    lower_a, upper_a = proportion_confint(a + b, n, method="wilson")
    lower_b, upper_b = proportion_confint(a + c, n, method="wilson")
    p_a, p_b = (a + b) / n, (a + c) / n
    determinant = a * d - b * c
    if determinant > 0:
        determinant = max(determinant - n / 2, 0)
    margins = float(a + b) * (c + d) * (a + c) * (b + d)
    phi = determinant / np.sqrt(margins) if margins else 0.0

    def half(x, y):
        return np.sqrt(np.array([x, y]) @ np.array([[1, -phi], [-phi, 1]]) @ np.array([x, y]))

    difference = p_a - p_b
    return [difference - half(p_a - lower_a, upper_b - p_b), difference + half(upper_a - p_a, p_b - lower_b)]


def tango(a, b, c, d):
    n = a + b + c + d

    def score(delta):
        linear = -b - c + (2 * n - b + c) * delta
        constant = -c * delta * (1 - delta)
        q = (np.sqrt(max(linear**2 - 8 * n * constant, 0)) - linear) / (4 * n)
        variance = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) / np.sqrt(variance) if variance > 0 else np.inf * np.sign(b - c - n * delta)

    difference = (b - c) / n
    near = 1e-12
    low, high = difference - near, difference + near
    lower = -1.0 if low <= -1 else optimize.brentq(lambda x: score(x) - Z, -1 + near, low, xtol=1e-14)
    upper = 1.0 if high >= 1 else optimize.brentq(lambda x: score(x) + Z, high, 1 - near, xtol=1e-14)
    return [lower, upper]


def paired(random):
    cases = []
    for table in [*TABLES, *drawn_tables(random)]:
        a, b, c, d = table
        exact = float(mcnemar([[a, b], [c, d]], exact=True).pvalue) if b + c else 1.0
        point = float(stats.binom.pmf(min(b, c), b + c, 0.5))
        mid = 1.0 if b + c == 0 else (1 - point / 2 if b == c else exact - point)
        case = {"table": table, "exact": min(1.0, exact), "mid": mid, "newcombe": newcombe(*table)}
        if 0 < a + b + c + d and b != a + b + c + d != c:
            case["tango"] = tango(*table)
        cases.append(case)
    return cases


def wilsons(random):
    pairs = [(0, 1), (1, 1), (0, 10), (10, 10), (5, 10), (9873, 10000), (0, 10000), (10000, 10000)]
    for _ in range(30):
        n = int(random.integers(1, 20000))
        pairs.append((int(random.integers(0, n + 1)), n))
    return [{"successes": k, "total": n, "interval": proportion_confint(k, n, method="wilson")} for k, n in pairs]


def holms(random):
    lists = [[0.0004, 0.011, 0.021, 0.04, 0.3], [1.0], [0.03], [0.02, 0.02, 0.02], [1, 1, 1], [0, 0, 0.5], [0.5, 0.01]]
    for _ in range(30):
        lists.append([float(p) for p in random.beta(0.5, 4, size=int(random.integers(2, 190)))])
    return [{"p": p, "holm": multipletests(p, method="holm")[1].tolist()} for p in lists]


def calibration_error(confidences, right, bins):
    # digitize with right=True has bins closed on the right, as in torchmetrics and Guo et al.
    place = np.clip(np.digitize(confidences, np.linspace(0, 1, bins + 1)[1:-1], right=True), 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    gaps = np.abs(np.bincount(place, confidences, bins) - np.bincount(place, right, bins))
    filled = counts > 0
    return float(gaps.sum() / len(confidences)), float((gaps[filled] / counts[filled]).max()), counts.tolist()


def scores(random):
    cases = [
        ([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.05, 0.05, 0.9]], [0, 1, 0, 2]),
        ([[1, 0, 0]], [0]),
        ([[0, 1]], [0]),
        ([[0.5, 0.5]] * 4, [0, 1, 0, 1]),
        ([[1, 0], [0, 1]], [1, 0]),
    ]
    for _ in range(30):
        classes = int(random.integers(2, 8))
        n = int(random.integers(1, 80))
        p = random.dirichlet([float(random.choice([0.1, 0.5, 3]))] * classes, size=n).round(4)
        p[:, -1] = 1 - p[:, :-1].sum(axis=1)
        cases.append((np.clip(p, 0, 1).tolist(), random.integers(0, classes, size=n).tolist()))
    out = []
    for p, y in cases:
        p, y = np.array(p, dtype=float), np.array(y)
        classes = p.shape[1]
        guess = p.argmax(axis=1)
        own = p[np.arange(len(y)), y]
        brier = brier_score_loss(np.eye(classes)[y], p, scale_by_half=False) if classes > 2 else np.mean(
            ((p - np.eye(classes)[y]) ** 2).sum(axis=1))
        bins = [calibration_error(p.max(axis=1), guess == y, k) for k in (5, 10, 15)]
        precision, recall, f1, support = precision_recall_fscore_support(
            y, guess, labels=range(classes), zero_division=np.nan)
        nan = lambda values: [None if np.isnan(v) else float(v) for v in values]
        out.append({
            "probabilities": p.tolist(), "labels": y.tolist(), "predictions": guess.tolist(), "brier": float(brier),
            "logLoss": None if (own == 0).any() else float(log_loss(y, p, labels=range(classes))),
            "calibration": [{"bins": k, "error": e, "largest": m, "counts": c} for k, (e, m, c) in zip((5, 10, 15), bins)],
            "precision": nan(precision), "recall": nan(recall), "f1": nan(f1), "images": support.tolist(),
        })
    return out


def means(random):
    cases = [([0.9912, 0.9905, 0.9918, 0.9909, 0.9915], [0.9901, 0.9903, 0.9899, 0.9910, 0.9904])]
    for _ in range(30):
        n = int(random.integers(2, 12))
        cases.append(((0.98 + 0.003 * random.standard_normal(n)).tolist(),
                      (0.979 + 0.001 * random.standard_normal(n)).tolist()))
    out = []
    for a, b in cases:
        both = {}
        for name, test in (("paired", stats.ttest_rel(a, b)), ("welch", stats.ttest_ind(a, b, equal_var=False))):
            interval = test.confidence_interval(0.95)
            both[name] = {"t": float(test.statistic), "df": float(test.df), "p": float(test.pvalue),
                          "interval": [float(interval.low), float(interval.high)]}
        out.append({"a": a, "b": b, **both})
    return out


def main(folder):
    warnings.filterwarnings("ignore")
    random = np.random.default_rng(20261129)
    made_with = {m.__name__: m.__version__ for m in (np, scipy, statsmodels, sklearn)}
    parts = {"paired": paired, "wilson": wilsons, "holm": holms, "scores": scores, "means": means}
    for name, make in parts.items():
        text = json.dumps({"madeWith": made_with, "cases": make(random)}, separators=(",", ":"))
        Path(folder, f"{name}.json").write_text(text.replace('{"', '\n{"') + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
