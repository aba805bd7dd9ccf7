//! The workshop with its real process: what copies hold and what they no longer say, and that nothing a file or the
//! process does reaches further than an error value.

use crate::support::files::*;
use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, GenericImageView, load_from_memory};
use minsheng::{
    evidence::{Copy, FileKind, Limits, Made, Part, inspect::probe},
    outside::sandbox::{Failure, Settings, Workshop},
};
use std::{
    io::{Cursor, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// Where Debian puts it; `ops/test` installs it.
const FFMPEG: &str = "/usr/bin/ffmpeg";

fn settings() -> Settings {
    Settings {
        program: env!("CARGO_BIN_EXE_minsheng").into(),
        ffmpeg: FFMPEG.into(),
        ..Settings::default()
    }
}

async fn work(settings: Settings, kind: FileKind, bytes: &[u8]) -> Result<Made, Failure> {
    let workshop = Workshop::new(settings);
    workshop.make(kind, &Limits::default(), bytes).await
}

async fn made(kind: FileKind, bytes: &[u8]) -> Made {
    work(settings(), kind, bytes).await.unwrap()
}

fn part(made: &Made, part: Part) -> &Copy {
    let found = made.copies.iter().find(|c| c.part == part);
    found.unwrap_or_else(|| panic!("no {part:?}, note {:?}", made.note))
}

fn shown(copy: &Copy) -> DynamicImage {
    load_from_memory(&copy.bytes).unwrap()
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|w| w == word)
}

/// Pixels darker than middle grey.
fn ink(picture: &DynamicImage) -> usize {
    picture.to_luma8().pixels().filter(|p| p[0] < 128).count()
}

#[tokio::test]
async fn a_photo_is_turned_and_loses_its_place_which_becomes_a_fact() {
    let photo = photo(80, 60, 6);
    assert!(holds(&photo, b"HUAWEI"));
    let made = made(FileKind::Jpeg, &photo).await;
    assert_eq!(made.facts.taken.as_deref(), Some("2026-11-08 14:03:22"));
    assert_eq!(made.facts.place, Some((30.657_333, 104.063_889)));
    assert_eq!(made.facts.camera.as_deref(), Some("HUAWEI ALN-AL00"));
    assert_eq!(made.facts.size, Some((60, 80)));
    let clean = part(&made, Part::Clean);
    assert_eq!(shown(clean).dimensions(), (60, 80));
    // Upper left as stored is upper right as held.
    let (held, far) = (shown(clean).get_pixel(55, 4), shown(clean).get_pixel(4, 4));
    assert!(held[0] < 60 && far[0] > 60, "{held:?} {far:?}");
    for copy in &made.copies {
        for word in [&b"Exif"[..], b"HUAWEI", b"2026", b"GPS", b"MM\0\x2a"] {
            assert!(!holds(&copy.bytes, word), "{:?}", copy.part);
        }
    }
}

#[tokio::test]
async fn what_lies_behind_or_inside_a_picture_does_not_cross_over() {
    let film = [photo(64, 48, 1), mp4()].concat();
    let text = png_with_text(&png(64, 48), "wang@example.com");
    for (kind, bytes, word) in [
        (FileKind::Jpeg, film, &b"ftyp"[..]),
        (FileKind::Png, text, b"wang@example.com"),
    ] {
        assert!(holds(&bytes, word));
        let made = made(kind, &bytes).await;
        assert!(made.copies.len() == 2 && made.copies.iter().all(|c| !holds(&c.bytes, word)));
    }
    let made = made(FileKind::Webp, &webp(64, 48)).await;
    assert_eq!(
        part(&made, Part::Clean).kind,
        FileKind::Jpeg,
        "12315 takes no webp"
    );
}

#[tokio::test]
async fn pages_of_a_pdf_are_pictures() {
    let two = made(FileKind::Pdf, &pdf(2)).await;
    assert_eq!((two.facts.pages, two.note.as_str()), (Some(2), ""));
    let parts: Vec<_> = two.copies.iter().map(|c| c.part).collect();
    assert_eq!(parts, [Part::Thumb, Part::Page(1), Part::Page(2)]);
    let page = shown(part(&two, Part::Page(2)));
    assert_eq!(page.dimensions(), (1130, 1600));
    assert!(ink(&page) > 2000, "{}", ink(&page));
    assert_eq!(shown(part(&two, Part::Thumb)).height(), 320);

    let script = pdf_showing(
        1,
        stream("", b""),
        "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
    );
    let made_of = made(FileKind::Pdf, &script).await;
    assert!(
        made_of
            .copies
            .iter()
            .all(|c| !holds(&c.bytes, b"JavaScript"))
    );
    assert_eq!(made_of.copies.len(), 2);

    let few = Limits {
        pages: 3,
        ..Limits::default()
    };
    let many = Workshop::new(settings());
    let many = many
        .make(FileKind::Pdf, &few, &pdf(3000)[..])
        .await
        .unwrap();
    assert_eq!(many.copies.len(), 4);
    assert!(
        many.note.contains("3000") && many.note.contains("前 3 页"),
        "{}",
        many.note
    );

    let locked = made(FileKind::Pdf, &pdf_locked()).await;
    assert!(
        locked.copies.is_empty() && locked.note.contains("密码"),
        "{}",
        locked.note
    );
    let broken = made(FileKind::Pdf, b"%PDF-1.4\nstartxref\n0\n%%EOF").await;
    assert!(broken.copies.is_empty() && broken.note.contains("打不开"));
}

/// A page with these characters in a font the file only names, as most programs in China write them.
fn chinese(hex: &str) -> Vec<u8> {
    let content = format!("BT /F1 96 Tf 72 600 Td <{hex}> Tj ET");
    pdf_of(
        &[
            b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_vec(),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
                .to_vec(),
            stream("", content.as_bytes()),
            b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>"
                .to_vec(),
            b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R \
              /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
                .to_vec(),
            b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /ItalicAngle 0 /Ascent 880 /Descent -120 >>".to_vec(),
        ],
        "",
    )
}

#[tokio::test]
async fn chinese_in_a_font_that_the_pdf_does_not_bring_is_read() {
    let mut drawn = Vec::new();
    for hex in ["4E00", "946B", "6D888D398005"] {
        let made = made(FileKind::Pdf, &chinese(hex)).await;
        drawn.push(ink(&shown(part(&made, Part::Page(1)))));
    }
    let (one, xin, words) = (drawn[0], drawn[1], drawn[2]);
    // 一 is a stroke, 鑫 is three times metal: an empty box for either would look the same.
    assert!(one > 200 && xin > 4 * one && words > xin, "{drawn:?}");
}

#[tokio::test]
async fn a_bomb_costs_an_error_and_nothing_more() {
    let zeros = vec![0; 1 << 20];
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    for _ in 0..1500 {
        packed.write_all(&zeros).unwrap();
    }
    let flate = stream("/Filter /FlateDecode", &packed.finish().unwrap());
    let rows = png_claiming(100, 100, 1_000_000);
    let began = Instant::now();
    for (name, kind, bytes) in [
        ("PDF", FileKind::Pdf, pdf_showing(1, flate, "")),
        ("PNG that goes on", FileKind::Png, rows),
        (
            "PNG of 80 million pixels",
            FileKind::Png,
            png_claiming(8900, 8900, 1),
        ),
    ] {
        let small = Settings {
            memory_mib: 700,
            ..settings()
        };
        match work(small, kind, &bytes).await {
            // A page without content, or the first rows: nothing that grew.
            Ok(made) => {
                let sum: usize = made.copies.iter().map(|c| c.bytes.len()).sum();
                assert!(sum < 1 << 20, "{name}: {sum}");
            }
            Err(Failure::Died(_)) => {}
            Err(e) => panic!("{name}: {e}"),
        }
    }
    assert!(began.elapsed() < Duration::from_secs(240));
}

/// A program in the place of ours, that does what these lines say.
fn stand_in(name: &str, lines: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    (folder, path)
}

#[tokio::test]
async fn a_process_that_hangs_floods_lies_or_dies_is_an_error_value() {
    let large = vec![0xff; 3 << 20];
    for (name, lines) in [
        ("hangs", "exec sleep 600"),
        (
            "hangs with a child that keeps the pipe",
            "sleep 600 & exit 0",
        ),
        ("closes and hangs", "exec >&- <&-; exec sleep 600"),
        ("floods", "exec cat /dev/zero"),
        ("lies", "cat >/dev/null; echo hello"),
        ("says nothing", "cat >/dev/null"),
        ("dies at once", "exit 3"),
        ("is killed", "kill -9 $$"),
    ] {
        let (_folder, program) = stand_in("stand-in", lines);
        let quick = Settings {
            program,
            seconds: if lines.contains("sleep") { 2 } else { 240 },
            ..settings()
        };
        let began = Instant::now();
        let failure = work(quick, FileKind::Png, &large).await.unwrap_err();
        let fits = match name {
            "floods" => matches!(failure, Failure::Flood),
            "lies" | "says nothing" => matches!(failure, Failure::Nonsense(_)),
            "dies at once" | "is killed" => matches!(failure, Failure::Died(_)),
            _ => matches!(failure, Failure::Late),
        };
        assert!(fits, "{name}: {failure}");
        assert!(!failure.worth_another_try(), "{name}");
        assert!(began.elapsed() < Duration::from_secs(200), "{name}");
    }
    let none = Settings {
        program: "/nowhere/minsheng".into(),
        ..settings()
    };
    let failure = work(none, FileKind::Png, &large).await.unwrap_err();
    assert!(failure.worth_another_try(), "{failure}");
}

#[tokio::test]
async fn the_process_is_shut_in_where_the_kernel_can() {
    let caged = Workshop::new(settings()).try_out().await.unwrap();
    // Landlock shows itself here when it is on.
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    assert!(caged || !modules.contains("landlock"));
}

/// Runs the real program; `{}` stands for the folder.
fn ffmpeg(folder: &Path, words: &str) {
    let words = words
        .split_whitespace()
        .map(|w| w.replace("{}", &folder.display().to_string()));
    let done = Command::new(FFMPEG)
        .args(["-nostdin", "-loglevel", "error", "-y"])
        .args(words)
        .output()
        .expect("ffmpeg is installed by ops/test");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
}

const SOUND: &str = "-f lavfi -i sine=duration=1";
const TAGS: &str = "-metadata title=Huaijian -metadata artist=Wang -metadata location=+30.6573+104.0639/ \
                    -metadata location-eng=+30.6573+104.0639/ -metadata creation_time=2026-11-08T14:03:22Z";

#[tokio::test]
async fn sound_and_film_keep_what_is_heard_and_seen_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("cover.jpg"), jpeg(64, 48)).unwrap();
    std::fs::write(
        at.join("chapters"),
        ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=Huaijian\n",
    )
    .unwrap();
    ffmpeg(
        at,
        &format!(
            "-f lavfi -i testsrc=duration=1:size=128x96:rate=10 {SOUND} -i {{}}/chapters -map 0 -map 1 -map_chapters 2 -c:v mpeg4 -c:a aac {TAGS} {{}}/film.mp4"
        ),
    );
    ffmpeg(at, &format!("{SOUND} -c:a aac {TAGS} {{}}/memo.m4a"));
    ffmpeg(
        at,
        &format!(
            "{SOUND} -i {{}}/cover.jpg -map 0 -map 1 -c:a libmp3lame -c:v copy -id3v2_version 3 -write_id3v1 1 {TAGS} {{}}/sound.mp3"
        ),
    );
    for (name, kind) in [
        ("film.mp4", FileKind::Mp4),
        ("memo.m4a", FileKind::M4a),
        ("sound.mp3", FileKind::Mp3),
    ] {
        let bytes = std::fs::read(at.join(name)).unwrap();
        assert!(holds(&bytes, b"Huaijian"), "{name}");
        let found = probe(
            &mut Cursor::new(&bytes),
            bytes.len() as u64,
            &Limits::default(),
        );
        assert_eq!(found.map(|f| f.kind), Ok(kind), "{name}");
        let cut = bytes.len() * 2 / 3;
        let found = probe(
            &mut Cursor::new(&bytes[..cut]),
            cut as u64,
            &Limits::default(),
        );
        assert!(found.is_err(), "{name} cut");

        let made = made(kind, &bytes).await;
        let clean = part(&made, Part::Clean);
        assert_eq!((made.copies.len(), clean.kind), (1, kind), "{name}");
        for word in [
            &b"Huaijian"[..],
            b"Wang",
            b"+30.6573",
            b"\xa9xyz",
            b"ID3",
            b"JFIF",
        ] {
            let stays = holds(&clean.bytes, word);
            assert!(!stays, "{name}: {}", word.escape_ascii());
        }
        // It still plays.
        let out = at.join("clean");
        std::fs::write(&out, &clean.bytes).unwrap();
        ffmpeg(at, "-xerror -i {}/clean -f null -");
        if kind == FileKind::M4a {
            assert_eq!(&clean.bytes[4..12], b"ftypisom", "12315 takes it as mp4");
        }
    }
}

#[tokio::test]
async fn sound_and_film_that_cannot_be_rewritten_have_a_note() {
    let without = Settings {
        ffmpeg: PathBuf::new(),
        ..settings()
    };
    let kept = work(without, FileKind::Mp3, &mp3()).await.unwrap();
    assert!(
        kept.copies.is_empty() && kept.note.contains("没有安装"),
        "{}",
        kept.note
    );
    let broken = made(FileKind::Mp4, &mp4()).await;
    assert!(
        broken.copies.is_empty() && broken.note.contains("打不开"),
        "{}",
        broken.note
    );
    let (_folder, program) = stand_in("ffmpeg", "exec sleep 600");
    let hangs = Settings {
        ffmpeg: program,
        seconds: 2,
        ..settings()
    };
    let late = work(hangs, FileKind::Mp4, &mp4()).await;
    // Where the kernel shuts the process in, a program outside the system's folders may not even read itself a shell.
    assert!(matches!(
        late,
        Err(Failure::Late | Failure::Died(_)) | Ok(Made { .. })
    ));
}
