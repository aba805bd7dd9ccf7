#!/usr/bin/env python3
"""Makes the two small fonts of the receipt picture and of notices on paper (src/receipts/font/) from Noto Sans CJK SC.

Needs `pip install fonttools` and the package fonts-noto-cjk. Run it again after the wording in
src/receipts/picture/ or the names in the reference data changed:

    ops/font-subset.py [TEXT_FILE ...]

Regular holds ASCII, punctuation, all of GB 2312 (6,763 characters: a notice names a trader, and 鑫 is of level 2), every
character of the sources of src/receipts/, EXTRA below and of the text files given. Bold holds ASCII and the characters of the sources only:
what varies (departments, dates in words) is set in Regular, what the template says or what is a number may be Bold.
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "src" / "receipts"
NOTO = pathlib.Path("/usr/share/fonts/opentype/noto")
FACE = "Noto Sans CJK SC"
# Characters of place names and of names of shops and people that GB 2312 lacks.
EXTRA = "犍珙阆蓥濛垚堃喆祎玥珺翀赟犇骉燚邨囍昇镕淏旸晞頔翾甪堉彧嫚瑄琰璟婳梽烜瑀睿熠麤堽栢茗珅锴祺祾玘沄泓濠瀞燊晟奡淼"


def gb2312() -> set[str]:
    rows = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    chars = set()
    for pair in rows:
        try:
            chars.add(pair.decode("gb2312"))
        except UnicodeDecodeError:  # the last five cells of row 55 are empty
            pass
    assert len(chars) == 6763, len(chars)
    return chars


def make(weight: str, chars: set[str]) -> None:
    faces = TTCollection(NOTO / f"NotoSansCJK-{weight}.ttc").fonts
    font = next(f for f in faces if f["name"].getDebugName(1) == FACE or f["name"].getDebugName(16) == FACE)
    missing = sorted(c for c in chars if ord(c) not in font.getBestCmap())
    if missing:
        print(f"{weight}: the source font lacks {missing}", file=sys.stderr)
    font.recalcTimestamp = False  # the same input gives the same bytes
    options = subset.Options()
    options.layout_features = []  # no ligatures, no vertical forms: the picture is horizontal and plain
    options.hinting = False
    options.notdef_outline = True  # a box, so that a missing character is seen in tests
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF"]
    tool = subset.Subsetter(options)
    tool.populate(unicodes=[ord(c) for c in chars])
    tool.subset(font)
    out = SOURCES / "font" / f"minsheng-{weight.lower()}.otf"
    font.save(out)
    print(out.relative_to(ROOT), f"{out.stat().st_size:,} bytes", len(TTFont(out).getBestCmap()), "characters")


def main() -> None:
    ascii_ = {chr(c) for c in range(0x20, 0x7F)}
    # GB 2312 row 1 and full-width ASCII: the punctuation that Chinese text uses
    marks = set("　、。·ˉˇ¨〃々—～‖…‘’“”〔〕〈〉《》「」『』〖〗【】±×÷°℃￥§№①②③④⑤⑥⑦⑧⑨⑩–−•→←↑↓")
    marks |= {chr(c) for c in range(0xFF01, 0xFF5F)}
    written = {c for p in SOURCES.rglob("*.rs") if p.name != "tests.rs" for c in p.read_text("utf-8") if ord(c) > 0x7E}
    given = {c for p in sys.argv[1:] for c in pathlib.Path(p).read_text("utf-8") if ord(c) > 0x7E}
    template = ascii_ | written
    make("Regular", template | marks | gb2312() | set(EXTRA) | given)
    make("Bold", template)


if __name__ == "__main__":
    main()
