#!/usr/bin/env python3
"""Makes the word list of the finder of names, once: surnames, dictionary words that begin like a name, and how much
more often a character stands in a given name than in other words.

usage: pip install jieba==0.42.1; names_lexicon.py SURNAMES.csv src/privacy/detect/names/lexicon.txt.gz

SURNAMES.csv has the columns surname, weight (Chinese-Names-Corpus, Apache-2.0); the words come from the dictionary of
jieba (MIT). The file has three parts, parted by empty lines: "surname weight"; words; "character middle last", the
logarithms of the ratios times ten. The same input gives the same bytes.
"""
import collections
import csv
import gzip
import math
import os
import sys

import jieba


def main():
    surnames, out = sys.argv[1:3]
    with open(surnames, encoding="utf-8") as file:
        weight = {r["surname"]: float(r["weight"]) for r in csv.DictReader(file)}
    with open(os.path.join(os.path.dirname(jieba.__file__), "dict.txt"), encoding="utf-8") as file:
        words = [(w, int(n), tag) for w, n, tag in (line.split() for line in file)]
    begins = set(weight)
    listed = sorted(w for w, n, tag in words
                    if not tag.startswith("nr") and n >= 3 and 2 <= len(w) <= 3 and w[0] in begins)
    text, given = collections.Counter(), [collections.Counter(), collections.Counter()]
    for w, n, tag in words:
        if tag.startswith("nr"):
            common = weight.get(w[0], 0) >= 15
            if len(w) == 3 and common and w[:2] not in weight:
                given[0][w[1]] += 1
                given[1][w[2]] += 1
            elif len(w) == 2 and common:
                given[1][w[1]] += 1
        else:
            for c in w:
                text[c] += n
    all_text, all_given = sum(text.values()), [sum(g.values()) for g in given]
    lines = []
    for c in sorted(set(text) | set(given[0]) | set(given[1])):
        if not "\u4e00" <= c <= "\u9fff":
            continue
        p = (text[c] + 50) / (all_text + 50 * 8000)
        ratio = [math.log((g[c] + 0.3) / (n + 0.3 * 8000) / p) for g, n in zip(given, all_given)]
        if text[c] + given[0][c] + given[1][c] >= 5:
            lines.append(f"{c} {round(10 * ratio[0])} {round(10 * ratio[1])}")
    parts = [[f"{s} {w:g}" for s, w in sorted(weight.items())], listed, lines]
    data = "\n\n".join("\n".join(part) for part in parts) + "\n"
    with open(out, "wb") as file, gzip.GzipFile(fileobj=file, mode="wb", compresslevel=9, mtime=0, filename="") as packed:
        packed.write(data.encode())
    print(out, [len(p) for p in parts], os.path.getsize(out), "bytes")


if __name__ == "__main__":
    main()
