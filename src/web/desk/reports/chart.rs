//! The chart: complaints and reports received, month by month. Drawn as SVG on the server; colours come from the
//! stylesheet, the numbers stand in the table below. Pure.

use crate::figures::{Figure, Month, Part, Period, Tally, flow::Table};

/// Size of the drawing.
const SIZE: (i64, i64) = (640, 220);
/// Room for the numbers on the left, and the words below.
const LEFT: i64 = 44;
const BELOW: i64 = 28;
const ABOVE: i64 = 12;

/// A bar.
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
    /// 1 or 2: which of the two.
    pub(super) series: u8,
}

/// A word at a place.
pub(super) struct Word {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) text: String,
}

/// What the template draws.
pub(super) struct Chart {
    /// What it says, as a sentence.
    pub(super) title: String,
    pub(super) width: i64,
    pub(super) height: i64,
    pub(super) left: i64,
    pub(super) bars: Vec<Bar>,
    pub(super) months: Vec<Word>,
    /// Lines across, each with its number.
    pub(super) ticks: Vec<Word>,
    /// The same numbers: month, complaints, reports.
    pub(super) numbers: Vec<(String, i64, i64)>,
}

fn received(tally: Option<&Tally>) -> (i64, i64) {
    let n = |f: Figure| tally.map_or(0, |t| t.count(f.shape().slots(Part::Of)));
    (n(Figure::Complaints), n(Figure::Reports))
}

/// A round number of at least `most`, and a quarter of it that is whole.
fn scale(most: i64) -> i64 {
    let mut unit = 4;
    loop {
        for by in [1, 2, 5] {
            if unit * by >= most {
                return unit * by;
            }
        }
        unit *= 10;
    }
}

/// The finding: the busiest month.
fn title(numbers: &[(Month, i64, i64)]) -> String {
    let most = numbers.iter().max_by_key(|(m, a, b)| (a + b, *m));
    most.map_or_else(String::new, |(m, a, b)| {
        format!("{}最多：投诉 {a} 件，举报 {b} 件", m.label())
    })
}

impl Chart {
    /// The chart of a period; a single month or an empty period has none.
    pub(super) fn new(sums: &Table, period: Period) -> Option<Self> {
        let numbers: Vec<(Month, i64, i64)> = period
            .months()
            .map(|m| {
                let (a, b) = received(sums.months.get(&m));
                (m, a, b)
            })
            .collect();
        let most = numbers.iter().map(|(_, a, b)| *a.max(b)).max()?;
        if numbers.len() < 2 || most == 0 {
            return None;
        }
        let top = scale(most);
        let room = SIZE.1 - BELOW - ABOVE;
        let height = |n: i64| n * room / top;
        let step = (SIZE.0 - LEFT) / i64::from(period.len());
        let width = (step * 2 / 5).max(2);
        let mut bars = Vec::new();
        let mut months = Vec::new();
        // as many months as there is room for their names
        let every = (i64::from(period.len()) + 11) / 12;
        for (i, (month, a, b)) in (0..).zip(&numbers) {
            let x = LEFT + i * step + step / 10;
            for (series, n) in [(1, *a), (2, *b)] {
                let h = if n > 0 { height(n).max(1) } else { 0 };
                bars.push(Bar {
                    x: x + i64::from(series - 1) * width,
                    y: SIZE.1 - BELOW - h,
                    width,
                    height: h,
                    series,
                });
            }
            if i % every == 0 {
                let name = format!("{}月", month.month());
                let text = if month.month() == 1 {
                    format!("{}年{name}", month.year() % 100)
                } else {
                    name
                };
                months.push(Word {
                    x: x + width,
                    y: SIZE.1 - 8,
                    text,
                });
            }
        }
        let ticks = (0..=4).map(|q| Word {
            x: LEFT - 6,
            y: SIZE.1 - BELOW - room * q / 4,
            text: (top * q / 4).to_string(),
        });
        Some(Self {
            title: title(&numbers),
            width: SIZE.0,
            height: SIZE.1,
            left: LEFT,
            bars,
            months,
            ticks: ticks.collect(),
            numbers: numbers
                .iter()
                .map(|(m, a, b)| (m.label(), *a, *b))
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::{Slot, Standing};
    use time::macros::date;

    fn sums(months: &[(time::Date, i64)]) -> Table {
        let mut table = Table::default();
        for (on, n) in months {
            for _ in 0..*n {
                let s = Standing {
                    slot: Slot::Complaint,
                    on: *on,
                    days: None,
                    fen: 0,
                };
                table.months.entry(Month::of(*on)).or_default().put(&s, 1);
            }
        }
        table
    }

    #[test]
    fn bars_stand_on_the_line_and_inside_the_drawing() {
        let period = Period::new(
            Month::parse("2026-09").unwrap(),
            Month::parse("2026-11").unwrap(),
        );
        let sums = sums(&[(date!(2026 - 09 - 02), 3), (date!(2026 - 11 - 24), 7)]);
        let chart = Chart::new(&sums, period).unwrap();
        assert_eq!(chart.title, "2026年11月最多：投诉 7 件，举报 0 件");
        assert_eq!((chart.bars.len(), chart.months.len()), (6, 3));
        for bar in &chart.bars {
            assert_eq!(bar.y + bar.height, SIZE.1 - BELOW);
            assert!(bar.y >= ABOVE && bar.x >= LEFT && bar.x + bar.width <= SIZE.0);
        }
        assert_eq!(chart.ticks.last().unwrap().text, "8");
        let one = Period::new(period.to, period.to);
        assert!(Chart::new(&sums, one).is_none());
        assert!(Chart::new(&Table::default(), period).is_none());
    }

    #[test]
    fn the_scale_is_round_and_quarters_are_whole() {
        for (most, top) in [
            (1, 4),
            (4, 4),
            (5, 8),
            (9, 20),
            (21, 40),
            (41, 80),
            (100, 200),
            (201, 400),
            (90_000, 200_000),
        ] {
            assert_eq!(scale(most), top, "{most}");
            assert_eq!(top % 4, 0);
        }
    }
}
