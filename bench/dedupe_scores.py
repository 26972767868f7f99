"""dedupe 3 with labels, on tables of ours: run by a Python that has dedupe; imports nothing of ours.

    PYTHON dedupe_scores.py FOLDER link|duplicates

FOLDER holds left.json and right.json (normalised columns, a list of records; for duplicates left alone) and
labels.json (rows of left, right, same, fold). It gets scores.json: left, right, fold, variant, weight.
For each fold dedupe is taught the labels of the other folds, learns its blocks and weights from them, and scores
every pair its blocks bring together. dedupe asks people which pairs to label; here it gets all that there are.
"""

import json
import random
import sys
from pathlib import Path
from typing import Any

import dedupe
import numpy as np
from dedupe import variables

Record = dict[str, str | None]
Rows = dict[int, Record]
FIELDS = ("name", "address", "city", "phone", "category")


def read(path: Path) -> Rows:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {row["row"]: {field: row.get(field) or None for field in FIELDS} for row in rows}


def learner(data: list[Rows]) -> Any:
    known = [field for field in FIELDS if all(any(row[field] for row in rows.values()) for rows in data)]
    compared = [variables.String(field, has_missing=True) for field in known]
    return (dedupe.RecordLink if len(data) == 2 else dedupe.Dedupe)(compared, num_cores=1, in_memory=True)


def scores(data: list[Rows], labels: list[dict[str, int]], fold: int) -> list[dict[str, Any]]:
    random.seed(1)
    np.random.seed(1)
    told = [label for label in labels if label["fold"] != fold]
    pairs = {
        kind: [(data[0][label["left"]], data[-1][label["right"]]) for label in told if label["same"] == same]
        for kind, same in (("match", 1), ("distinct", 0))
    }
    model = learner(data)
    model.prepare_training(*data)
    model.mark_pairs(pairs)
    model.train()
    found = model.score(model.pairs(*data))
    return [
        {"left": int(left), "right": int(right), "weight": float(score), "fold": fold, "variant": "taught"}
        for (left, right), score in zip(found["pairs"], found["score"], strict=True)
    ]


def main() -> None:
    folder, task = Path(sys.argv[1]), sys.argv[2]
    names = ("left",) if task == "duplicates" else ("left", "right")
    data = [read(folder / f"{name}.json") for name in names]
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    rows = [row for fold in sorted({label["fold"] for label in labels}) for row in scores(data, labels, fold)]
    (folder / "scores.json").write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
