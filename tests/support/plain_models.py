"""The models' rules in plain dictionaries and Python integers: the reference of the twins."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext
from functools import cache
from math import prod

EMPTY = -(2**255)


def truncated(numerator, denominator):
    quotient = abs(numerator) // denominator
    return quotient if numerator >= 0 else -quotient


@cache
def nano_log(x):
    with localcontext() as context:
        context.prec = 60
        return int(Decimal(x).ln() * 10**9)


def clamp(value, low, high):
    return max(low, min(high, value))


class PlainPerceptron:
    """Perceptrons; samples are dictionaries of feature and value. The bias of an empty class is None."""

    def __init__(self, dense, features, classes, max_classes):
        self.dense, self.features, self.classes, self.max_classes = dense, features, classes, max_classes
        self.binary = max_classes == 2
        self.weights = defaultdict(int)
        self.bias = dict.fromkeys(range(max_classes), 0 if self.binary else None)

    def margin(self, k, x):
        return self.bias[k] * (16129 if self.dense else 1) + sum(self.weights[k, i] * v for i, v in x.items())

    def scores(self, x):
        if self.binary:
            return [0, self.margin(0, x)]
        return [EMPTY if self.bias[k] is None else self.margin(k, x) for k in range(self.classes)]

    def learn(self, x, label):
        if self.binary:
            margin = self.margin(0, x)
            if label == 1 and margin <= 0:
                self.move(0, x, 1)
            if label == 0 and (margin > 0 or (self.dense and margin == 0)):
                self.move(0, x, -1)
            return
        for k, score in enumerate(self.scores(x)):
            if k == label and (self.bias[k] is None or score <= 0):
                self.bias[k] = self.bias[k] or 0
                self.move(k, x, 1)
            elif k != label and self.bias[k] is not None and score >= 0:
                self.move(k, x, -1)

    def move(self, k, x, step):
        low, high = (-32768, 32767) if self.dense else (-128, 127)
        for i, v in x.items():
            self.weights[k, i] = clamp(self.weights[k, i] + step * v, low, high)
        self.bias[k] = clamp(self.bias[k] + step, -32768 if self.binary else -32767, 32767)

    def parameters(self):
        vectors, size = (1 if self.binary else self.max_classes), (2 if self.dense else 1)
        packed = bytearray(vectors * (2 + size * self.features))
        for k in range(vectors):
            if self.binary:
                packed[0:2] = self.bias[0].to_bytes(2, "big", signed=True)
            elif self.bias[k] is not None:
                packed[2 * k : 2 * k + 2] = (self.bias[k] + 32768).to_bytes(2, "big")
            for i in range(self.features):
                lane = k * self.features + i if self.dense else i * vectors + k
                p = 2 * vectors + size * lane
                packed[p : p + size] = self.weights[k, i].to_bytes(size, "big", signed=True)
        return bytes(packed)


class PlainAveraged:
    """The averaged perceptron, sparse; the bias of an empty class is None."""

    def __init__(self, features, classes, max_classes):
        self.features, self.classes, self.max_classes = features, classes, max_classes
        self.binary = max_classes == 2
        self.updates = 0
        self.weights, self.cached, self.cached_bias = defaultdict(int), defaultdict(int), defaultdict(int)
        self.bias = dict.fromkeys(range(max_classes), 0 if self.binary else None)

    def margins(self, score):
        if self.binary:
            return [0, score(0)]
        return [EMPTY if self.bias[k] is None else score(k) for k in range(self.classes)]

    def current(self, k, x):
        return self.bias[k] + sum(self.weights[k, i] for i in x)

    def scores(self, x):
        return self.margins(
            lambda k: self.updates * self.current(k, x) - self.cached_bias[k] - sum(self.cached[k, i] for i in x)
        )

    def learn(self, x, label):
        margins = self.margins(lambda k: self.current(k, x))
        predicted = margins.index(max(margins))
        if (predicted == label and margins[label] != EMPTY) or self.updates >= 2**20 - 1:
            return
        if self.binary:
            self.move(0, x, 1 if label else -1)
        else:
            self.bias[label] = self.bias[label] or 0
            self.move(label, x, 1)
            if margins[predicted] != EMPTY:
                self.move(predicted, x, -1)
        self.updates += 1

    def move(self, k, x, step):
        for i in x:
            weight, cached = self.weights[k, i] + step, self.cached[k, i] + step * self.updates
            if -(2**7) <= weight < 2**7 and -(2**20) <= cached < 2**20:
                self.weights[k, i], self.cached[k, i] = weight, cached
        bias, cached = self.bias[k] + step, self.cached_bias[k] + step * self.updates
        if -(2**15) + (not self.binary) <= bias < 2**15 and -(2**39) <= cached < 2**39:
            self.bias[k], self.cached_bias[k] = bias, cached

    def parameters(self):
        vectors = range(1 if self.binary else self.max_classes)
        lanes = [(k, i) for i in range(self.features) for k in vectors]
        packed = self.updates.to_bytes(3, "big")
        for k in vectors:
            field = 0 if self.bias[k] is None else self.bias[k] % 2**16 if self.binary else self.bias[k] + 2**15
            packed += field.to_bytes(2, "big") + self.cached_bias[k].to_bytes(5, "big", signed=True)
        packed += b"".join(self.weights[lane].to_bytes(1, "big", signed=True) for lane in lanes)
        packed += bytes(-(16 + len(packed)) % 32)
        for start in range(0, len(lanes), 12):
            slot = sum(self.cached[lane] % 2**21 << 235 - 21 * at for at, lane in enumerate(lanes[start : start + 12]))
            packed += slot.to_bytes(32, "big")
        return packed


class PlainCounts:
    """Counting models; `rule` is "dense centroid", "sparse centroid" or "naive bayes"."""

    def __init__(self, rule, features, classes, max_classes, thousandths=1000):
        self.rule, self.features, self.classes, self.max_classes = rule, features, classes, max_classes
        self.thousandths = thousandths
        self.count = [0] * max_classes
        self.sum = defaultdict(int)

    def total(self, k):
        sums = [self.sum[k, i] for i in range(self.features)]
        return sum(sums) if self.rule == "naive bayes" else sum(s * s for s in sums)

    def scores(self, x):
        return [self.score(k, x) if self.count[k] else EMPTY for k in range(self.classes)]

    def score(self, k, x):
        n = self.count[k]
        if self.rule != "naive bayes":
            dot = sum(self.sum[k, i] * v for i, v in x.items())
            return truncated((2 * n * dot - self.total(k)) * 2**32, n**2)
        factors = [1000 * self.sum[k, i] + self.thousandths for i in x]
        chunks = [factors[j : j + 9] for j in range(0, len(factors), 9)]
        prior = nano_log(n) - nano_log(sum(self.count[: self.classes]))
        rest = len(x) * nano_log(1000 * self.total(k) + self.thousandths * self.features)
        return prior + sum(nano_log(prod(chunk)) for chunk in chunks) - rest

    def learn(self, x, label):
        if self.count[label] < 65535:
            self.count[label] += 1
            for i, v in x.items():
                self.sum[label, i] += v

    def parameters(self):
        dense = self.rule == "dense centroid"
        size = 3 if dense else 2
        packed = bytearray(self.max_classes * (8 + size * self.features))
        for k in range(self.max_classes):
            packed[8 * k : 8 * k + 8] = self.count[k].to_bytes(2, "big") + self.total(k).to_bytes(6, "big")
            for i in range(self.features):
                lane = k * self.features + i if dense else i * self.max_classes + k
                p = 8 * self.max_classes + size * lane
                packed[p : p + size] = self.sum[k, i].to_bytes(size, "big", signed=dense)
        return bytes(packed)
