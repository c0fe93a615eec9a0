"""What `Model::fit` and `Model::judge` do, in scikit-learn; and k-means on many points.

    sklearn_pipeline.py tables DIR CLASSES     of the tables that `speed export` wrote, the first so many classes
    sklearn_pipeline.py kmeans FILE CLUSTERS RUNS TOLERANCE
"""

import resource
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

PUPILS = 30
DOMAIN_OF = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 4, 5])
HEIGHT = 0.6266570686577501
BAGS, STARTS, SLOPE, BOUND, NARROWEST = 10, 3, 0.02, 0.05, 0.1


def standings(values):
    """Places within the class, and how much of the pairs a feature tells apart."""
    known = values[~np.isnan(values)]
    ordered = np.sort(known)
    below, up_to = np.searchsorted(ordered, values, "left"), np.searchsorted(ordered, values, "right")
    n = len(ordered)
    ahead = 1 - (np.clip((below + 1 + up_to) / 2, 1, n) - 0.375) / (n + 0.25)
    standing = np.where(np.isnan(values), np.nan, HEIGHT * (1 - 4 * ahead * ahead))
    _, ties = np.unique(ordered, return_counts=True)
    return standing, np.sqrt(1 - np.sum((ties / n) ** 2))


class Clusters:
    """One clustering, read softly."""

    def __init__(self, centroids, points, weight):
        self.centroids = centroids
        self.deficits = -weight * centroids.sum(axis=1)
        self.spread = max(self.distances(points).min(axis=1).sum() / points.size, NARROWEST)
        self.middle = self.deficit(np.zeros((1, points.shape[1])))[0]
        self.deviation = max(self.deficit(points).std(), 1e-3)

    def distances(self, points):
        return ((points[:, None, :] - self.centroids[None, :, :]) ** 2).sum(axis=2)

    def deficit(self, points):
        distances = self.distances(points)
        likely = np.exp((distances.min(axis=1, keepdims=True) - distances) / (2 * self.spread))
        return (likely * self.deficits).sum(axis=1) / likely.sum(axis=1)


def steepest(fits, weight):
    turned = []
    for fit in fits:
        products = (fit.deficits[:, None] - fit.deficits[None, :])[:, :, None] * (
            fit.centroids[:, None, :] - fit.centroids[None, :, :]
        )
        largest = np.maximum(products.max(axis=(0, 1)), 0)
        turned.append(largest * (1 - 1 / len(fit.deficits)) / (2 * fit.spread * fit.deviation))
    worst = np.mean(turned, axis=0).max()
    return weight / worst if worst > 0 else np.inf


def judge(table, rng):
    """Score of each pupil, what the features alone add, and how far the groupings agree."""
    pairs = [standings(column) for column in table.T]
    scores, shares = np.array([pair[0] for pair in pairs]).T, np.array([pair[1] for pair in pairs])
    domains = DOMAIN_OF.max() + 1
    weight = 1 / domains
    known = ~np.isnan(scores)
    points = np.zeros((len(table), domains))
    for domain in range(domains):
        own = DOMAIN_OF == domain
        observed = (known[:, own] * shares[own]).sum(axis=1)
        total = np.nansum(scores[:, own] * shares[own], axis=1)
        points[:, domain] = np.where(observed > 0, total / np.where(observed > 0, observed, 1), 0)
    fits = []
    for clusters in range(3, 7):
        for _ in range(BAGS):
            bag = points[rng.integers(len(points), size=len(points))]
            fit = KMeans(clusters, n_init=STARTS, random_state=int(rng.integers(2**31))).fit(bag)
            fits.append(Clusters(fit.cluster_centers_, points, weight))
    slope = min(steepest(fits, weight), SLOPE)
    read = np.mean([(fit.deficit(points) - fit.middle) / fit.deviation for fit in fits], axis=0)
    features = -weight * points.sum(axis=1)
    total = features + np.clip(slope * read, 0, BOUND)
    memberships = [fit.distances(points).argmin(axis=1) for fit in fits]
    agreement = [adjusted_rand_score(a, b) for at, a in enumerate(memberships) for b in memberships[:at]]
    return 1 / (1 + np.exp(-2 * total)), features, float(np.clip(np.mean(agreement), 0, 1))


def cost(what, count, begun):
    clock, processors = time.perf_counter() - begun[0], time.process_time() - begun[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"what={what} count={count} clock={clock:.3f} cpu={processors:.2f} peak_kb={peak}")


def tables(directory, classes):
    values, said = np.load(directory / "tables.npy"), np.load(directory / "said.npy")
    rng = np.random.default_rng(7)
    begun = time.perf_counter(), time.process_time()
    judged = [judge(values[at * PUPILS : (at + 1) * PUPILS], rng) for at in range(classes)]
    cost("scikit-learn", classes * PUPILS, begun)
    said = said[: classes * PUPILS]
    score, features = (np.concatenate([one[place] for one in judged]) for place in (0, 1))
    stability = np.repeat([one[2] for one in judged], PUPILS)
    print(
        f"features_differ={np.abs(features - said[:, 1]).max():.1e} scores_differ={np.abs(score - said[:, 0]).max():.4f} "
        f"agreement={stability.mean():.3f} agreement_ours={said[:, 2].mean():.3f}"
    )


def kmeans(file, clusters, runs, tolerance):
    points = np.load(file)
    # Its tolerance is of the squared way, by the mean variance.
    tolerance = 1e-4 if tolerance == "its-own" else float(tolerance) ** 2 / points.var(axis=0).mean()
    begun = time.perf_counter(), time.process_time()
    fit = KMeans(clusters, n_init=runs, tol=tolerance, random_state=1).fit(points)
    cost("scikit-learn", len(points), begun)
    print(f"inertia={fit.inertia_ / len(points):.9f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["tables", directory, classes]:
            tables(Path(directory), int(classes))
        case ["kmeans", file, clusters, runs, tolerance]:
            kmeans(file, int(clusters), int(runs), tolerance)
        case _:
            sys.exit(__doc__)
