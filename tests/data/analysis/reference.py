#!/usr/bin/env python3
"""Spikes and what numpy and scipy say about them: reference.h5, for tests/test_reference.c. Debian's python3-numpy,
python3-scipy and python3-h5py; written from the definitions, not from lsnn's code. The contrast follows Ciba et al. 2018."""
import h5py
import numpy as np
from scipy import signal, stats

random = np.random.default_rng(6)
TRIALS, LENGTH, NEURONS, R = 6, 1000.0, 8, 5.0

# Gamma trains of orders 1, 2, 4, ... with a common slow modulation; times on a grid of 0.1 ms.
trains = []  # [neuron][trial]
for i in range(NEURONS):
    order = 2.0 ** (i % 3)
    rate = 0.01 + 0.01 * i
    rows = []
    for k in range(TRIALS):
        t = np.cumsum(random.gamma(order, 1 / (order * rate), 400))
        t = t[t < LENGTH]
        t = t[random.random(len(t)) < 0.6 + 0.4 * np.sin(t / 100 + k)]
        rows.append(np.unique(np.round(t, 1)))
    trains.append(rows)
trains[3] = [t[:1] for t in trains[3]]  # no interval
trains[5] = [t[:2] if k == 0 else t[:0] for k, t in enumerate(trains[5])]  # one interval

spans = np.array([[1000.0 * k, 1000.0 * k + LENGTH] for k in range(TRIALS)])
time = np.concatenate([t + spans[k, 0] for rows in trains for k, t in enumerate(rows)])
ids = np.concatenate([np.full(len(t), i) for i, rows in enumerate(trains) for t in rows])
with h5py.File('reference.h5', 'w') as f:
    f['time'], f['neuron'], f['spans'] = time, ids.astype('u4'), spans

    def pairs(rows):
        isi = [np.diff(t) for t in rows]
        return np.concatenate([i[:-1] for i in isi]), np.concatenate([i[1:] for i in isi])

    def each(function):
        with np.errstate(all='ignore'):
            return np.array([function(rows) for rows in trains])

    def mean(x):
        return np.mean(x) if len(x) else np.nan

    def cv(rows):
        isi = np.concatenate([np.diff(t) for t in rows])
        return stats.variation(isi) if len(isi) > 1 else np.nan

    def cv2(rows):
        a, b = pairs(rows)
        return mean(2 * np.abs(b - a) / (a + b))

    def lv(rows):
        a, b = pairs(rows)
        return 3 * mean(((b - a) / (a + b)) ** 2)

    def lvr(rows):
        a, b = pairs(rows)
        return 3 * mean((1 - 4 * a * b / (a + b) ** 2) * (1 + 4 * R / (a + b)))

    def fano(rows, window=None):
        width = window or LENGTH
        counts = np.concatenate([np.histogram(t, np.arange(0, LENGTH + width / 2, width))[0] for t in rows])
        return np.var(counts) / np.mean(counts)

    def adaptation(rows):
        a, b = pairs(rows)
        return mean((b - a) / (a + b))

    for function in cv, cv2, lv, lvr, fano, adaptation:
        f[function.__name__] = each(function)
    f['fano_50'] = each(lambda rows: fano(rows, 50))

    def binned(width):  # [neuron][trial x bin]; numpy closes the last bin, but no spike lies on its edge
        edges = np.arange(0, LENGTH + width / 2, width)
        return np.array([np.concatenate([np.histogram(t, edges)[0] for t in rows]) for rows in trains]).astype(float)

    c = binned(5)
    active = c[c.std(axis=1) > 0]
    r = np.corrcoef(active)
    f['correlation'] = r[np.triu_indices(len(r), 1)].mean()
    f['chi2'] = c.mean(axis=0).var() / c.var(axis=1).mean()
    f['psth'] = binned(10).sum(axis=0).reshape(TRIALS, -1).sum(axis=0) / (TRIALS * NEURONS * 0.010)

    rate = binned(1).mean(axis=0).reshape(TRIALS, -1) * 1000
    f['power'] = np.mean([signal.welch(x, 1000, 'hann', 250, detrend='constant')[1] for x in rate], axis=0)
    eigenvalues = np.sort(np.linalg.eigvalsh(np.cov(c, bias=True)))[::-1]
    f['variance'] = eigenvalues
    f['participation'] = eigenvalues.sum() ** 2 / (eigenvalues ** 2).sum()

    def lags(shift, distinct):
        counts = np.zeros(41)
        for i in range(NEURONS):
            for j in range(NEURONS):
                if (i == j) == distinct:
                    continue
                for k in range(TRIALS):
                    d = np.subtract.outer(trains[j][(k + shift) % TRIALS], trains[i][k])
                    if i == j and shift == 0:
                        d = d[~np.eye(len(trains[i][k]), dtype=bool)]
                    n = np.floor(d.ravel() / 2 + 0.5 + 1e-6).astype(int) + 20
                    np.add.at(counts, n[(n >= 0) & (n <= 40)], 1)
        return counts

    f['auto'], f['cross'], f['auto_shuffled'], f['cross_shuffled'] = lags(0, 0), lags(0, 1), lags(1, 0), lags(1, 1)

    def contrast(k):
        t = [rows[k] for rows in trains]
        shortest = min(np.diff(x).min() for x in t if len(x) > 1)
        low, high, best = -shortest, LENGTH + shortest, -1
        width = LENGTH / 2
        while width >= max(shortest / 2, 10):
            edges = np.arange(low, high + width / 2, width / 2)
            h = np.array([np.histogram(x + 1e-6, edges)[0] for x in t])  # on an edge: to the right
            h = h[:, :-1] + h[:, 1:]
            theta, n = h.sum(axis=0), (h > 0).sum(axis=0)
            active = ((n * theta).sum() / theta.sum() - 1) / (NEURONS - 1)
            best = max(best, active * np.abs(np.diff(theta)).sum() / (2 * sum(map(len, t))))
            width *= 0.9
        return best

    f['contrast'] = np.array([contrast(k) for k in range(TRIALS)])

    # Ridge regression in its primal form, against the dual one.
    x = np.array([[np.histogram(trains[i][k], [0, 250, 500, 750, 1000])[0] for i in range(NEURONS)]
                  for k in range(TRIALS)]).reshape(TRIALS, -1).astype(float)
    label = np.repeat(np.arange(3), 8).astype('i4')
    x = x[label] + 4 * random.normal(size=(len(label), x.shape[1]))
    right, folds, seen = 0, 3, {}
    part = np.array([seen.setdefault(l, []).append(0) or (len(seen[l]) - 1) % folds for l in label])
    for fold in range(folds):
        train, test = part != fold, part == fold
        m, s = x[train].mean(axis=0), x[train].std(axis=0)
        z = np.where(s > 0, (x - m) / np.where(s > 0, s, 1), 0)
        y = np.where(label[:, None] == np.arange(3), 1.0, -1.0)
        y0 = y[train].mean(axis=0)
        w = np.linalg.solve(z[train].T @ z[train] + 0.5 * train.sum() * np.eye(x.shape[1]),
                            z[train].T @ (y[train] - y0))
        right += (np.argmax(z[test] @ w + y0, axis=1) == label[test]).sum()
    f['x'], f['label'], f['accuracy'] = x, label, right / len(x)
