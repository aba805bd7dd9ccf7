#!/usr/bin/env python3
"""Measures `minsheng redact` on labelled texts: how many labelled places are wholly covered, by type and disguise, how
many look-alike texts are touched, and what share of clean texts is masked.

usage: eval_redact.py --data DIR --bin PATH [--clean FILE.jsonl[.gz]] [--show N] [--args redact]

DIR holds *.jsonl with {"id","type","kind","text","spans":[[start,end,type]]}; texts of type "none" must stay, except
for order numbers. Prints counts only, unless --show asks for missed fragments.
"""
import argparse
import collections
import glob
import gzip
import json
import os
import subprocess
import sys


def rows(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def redact(command, texts):
    given = "".join(json.dumps({"id": i, "text": t}, ensure_ascii=False) + "\n" for i, t in enumerate(texts))
    ran = subprocess.run(command, input=given.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["spans"] for line in ran.stdout.decode().splitlines()]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--data", required=True)
    args.add_argument("--bin", required=True)
    args.add_argument("--clean")
    args.add_argument("--show", type=int, default=0)
    args.add_argument("--args", nargs="*", default=["redact"])
    given = args.parse_args()
    command = [given.bin, *given.args]

    labelled = [r for path in sorted(glob.glob(os.path.join(given.data, "*.jsonl"))) for r in rows(path)]
    found = redact(command, [r["text"] for r in labelled])
    whole, total, kinds = collections.Counter(), collections.Counter(), collections.Counter()
    touched = none = 0
    for row, spans in zip(labelled, found):
        covered = {i for s in spans for i in range(s["start"], s["end"])}
        if row["type"] == "none":
            none += 1
            wrong = [s for s in spans if s["kind"] != "order"]
            touched += bool(wrong)
            for s in wrong[: given.show]:
                print("touched", s["kind"], repr(row["text"][max(0, s["start"] - 12) : s["end"] + 6]))
            continue
        for start, end, kind in row["spans"]:
            group = (kind, row["kind"])
            total[group] += 1
            missed = [i for i in range(start, end) if i not in covered]
            whole[group] += not missed
            kinds.update((kind, s["kind"]) for s in spans if s["start"] < end and s["end"] > start)
            if missed and given.show:
                print("missed", kind, row["kind"], repr(row["text"][max(0, start - 12) : end + 6]))
    for by in (0, None):
        sums = collections.defaultdict(lambda: [0, 0])
        for group in total:
            name = group if by is None else group[by]
            sums[name][0] += whole[group]
            sums[name][1] += total[group]
        for name, (hit, all_) in sorted(sums.items(), key=str):
            print(f"{' '.join(name) if by is None else name:28} {hit:5}/{all_:<5} {hit / all_:.3f}")
        print()
    plain = [(whole[g], total[g]) for g in total if g[1].split("/")[-1] == "plain"]
    dressed = [(whole[g], total[g]) for g in total if g[1].split("/")[-1] != "plain"]
    for name, part in (("plain", plain), ("disguised", dressed)):
        hit, all_ = sum(p[0] for p in part), sum(p[1] for p in part)
        print(f"{name:28} {hit:5}/{all_:<5} {hit / max(all_, 1):.3f}")
    print(f"{'look-alike texts touched':28} {touched:5}/{none:<5} {touched / max(none, 1):.3f}")
    print("kinds given:", ", ".join(f"{a}→{b} {n}" for (a, b), n in sorted(kinds.items())))

    if given.clean:
        texts = [r["text"] for r in rows(given.clean)]
        found = redact(command, texts)
        masked, count = collections.Counter(), 0
        for text, spans in zip(texts, found):
            count += len(text)
            for s in spans:
                masked[s["kind"]] += s["end"] - s["start"]
                if given.show:
                    print("clean", s["kind"], repr(text[max(0, s["start"] - 8) : s["end"] + 6]))
        print(f"clean characters masked      {sum(masked.values()) / max(count, 1):.4%} {dict(masked)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
