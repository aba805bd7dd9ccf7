#!/usr/bin/env python3
"""Measures `minsheng redact` on labelled texts and prints counts only, unless --show asks for what went wrong.

usage: eval_redact.py --bin PATH [--data DIR] [--names FILE...] [--half develop|test] [--clean FILE] [--speed FILE]
                      [--show N] [--args redact ...]

--data   DIR holds *.jsonl with {"id","type","kind","text","spans":[[start,end,type]]}: how many labelled places are
         wholly covered, by type and disguise; how many texts of type "none" are touched. Order numbers are masked and
         names are measured by themselves, so neither counts there.
--names  files (.jsonl or .jsonl.gz) with {"text","spans","group"}: how many spans of type PER or PER.NAM are wholly
         covered, and what share of the characters masked as a name belongs to one. Masked characters of SURNAME_TITLE
         and PER.NOM count neither way; the second share takes them for errors.
--half   only the rows of --names whose group falls into this half (by the parity of its MD5): tune on develop, look at
         test once.
--clean  texts without personal data, {"text"}: the share of characters masked.
--speed  texts, {"text"}: bytes and characters a second of processor time, by patterns alone and with names.
Any path may be gzipped; DIR, FILE and PATH come from the command line and are not part of the project.
"""
import argparse
import collections
import glob
import gzip
import hashlib
import json
import os
import resource
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


def places(spans):
    return {i for start, end in spans for i in range(start, end)}


def identifiers(command, folder, show):
    labelled = [r for path in sorted(glob.glob(os.path.join(folder, "*.jsonl*"))) for r in rows(path)]
    found = redact(command, [r["text"] for r in labelled])
    whole, total, kinds = collections.Counter(), collections.Counter(), collections.Counter()
    touched = none = 0
    for row, spans in zip(labelled, found):
        covered = places((s["start"], s["end"]) for s in spans)
        if row["type"] == "none":
            none += 1
            wrong = [s for s in spans if s["kind"] not in ("order", "name")]
            touched += bool(wrong)
            for s in wrong[:show]:
                print("touched", s["kind"], repr(row["text"][max(0, s["start"] - 12) : s["end"] + 6]))
            continue
        for start, end, kind in row["spans"]:
            group = (kind, row["kind"])
            total[group] += 1
            missed = not covered.issuperset(range(start, end))
            whole[group] += not missed
            kinds.update((kind, s["kind"]) for s in spans if s["start"] < end and s["end"] > start)
            if missed and show:
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


def names(command, path, half, show):
    texts = rows(path)
    if half:
        parity = ("develop", "test").index(half)
        texts = [r for r in texts if int(hashlib.md5(r["group"].encode()).hexdigest(), 16) % 2 == parity]
    hit = all_ = right = wrong = titles = count = 0
    for row, spans in zip(texts, redact(command, [r["text"] for r in texts])):
        text = row["text"]
        count += len(text)
        covered = places((s["start"], s["end"]) for s in spans)
        masked = places((s["start"], s["end"]) for s in spans if s["kind"] == "name")
        people = [(a, b) for a, b, kind in row["spans"] if kind in ("PER", "PER.NAM")]
        named = places(people)
        other = places((a, b) for a, b, kind in row["spans"] if kind in ("SURNAME_TITLE", "PER.NOM")) - named
        for a, b in people:
            all_ += 1
            hit += covered.issuperset(range(a, b))
            if show and not covered.issuperset(range(a, b)):
                print("missed", repr(text[max(0, a - 10) : b + 6]))
        for s in spans:
            if show and s["kind"] == "name" and not (named | other) & set(range(s["start"], s["end"])):
                print("no name", repr(text[max(0, s["start"] - 8) : s["start"]]), repr(text[s["start"] : s["end"]]))
        right, wrong, titles = (
            right + len(masked & named),
            wrong + len(masked - named - other),
            titles + len(masked & other),
        )
    print(f"{os.path.basename(path)} {half or 'all'}: {len(texts)} texts, {count} characters")
    print(f"  names wholly covered         {hit:5}/{all_:<5} {hit / max(all_, 1):.3f}")
    print(f"  character precision          {right / max(right + wrong, 1):.3f}, with titles as errors "
          f"{right / max(right + wrong + titles, 1):.3f}; {1000 * wrong / max(count, 1):.2f} wrong of 1,000 characters")


def clean(command, path, show):
    texts = [r["text"] for r in rows(path)]
    masked, count = collections.Counter(), 0
    for text, spans in zip(texts, redact(command, texts)):
        count += len(text)
        for s in spans:
            masked[s["kind"]] += s["end"] - s["start"]
            if show:
                print("clean", s["kind"], repr(text[max(0, s["start"] - 8) : s["end"] + 6]))
    print(f"clean characters masked      {sum(masked.values()) / max(count, 1):.4%} {dict(masked)}")


def speed(command, path):
    texts = [r["text"] for r in rows(path)]
    size, characters = sum(len(t.encode()) for t in texts), sum(map(len, texts))
    used = lambda: resource.getrusage(resource.RUSAGE_CHILDREN)
    for name, more, times in (("patterns", ["--patterns-only"], 10), ("with names", [], 1)):
        before = used()
        redact(command + more, texts * times)
        after = used()
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"{name:12} {times * size / seconds / 1e6:7.1f} MB/s {times * characters / seconds:10.0f} characters/s")


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--bin", required=True)
    args.add_argument("--data")
    args.add_argument("--names", nargs="*", default=[])
    args.add_argument("--half", choices=["develop", "test"])
    args.add_argument("--clean")
    args.add_argument("--speed")
    args.add_argument("--show", type=int, default=0)
    args.add_argument("--args", nargs=argparse.REMAINDER, default=["redact"])
    given = args.parse_args()
    command = [given.bin, *given.args]
    if given.data:
        identifiers(command, given.data, given.show)
    for path in given.names:
        names(command, path, given.half, given.show)
    if given.clean:
        clean(command, given.clean, given.show)
    if given.speed:
        speed(command, given.speed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
