//! What the counter adds to a filing 来电来访登记: by which way it came, on which day the office received it (T-01), the
//! hotline's own number of it; and the messages in the words of the office. The fields and their checks are those of
//! every filing. Pure.

use super::{check, fields::Answers};
use crate::{
    error::FieldError,
    kernel::{
        clock::{CHINA, china_date},
        words::Channel,
    },
};
use time::{Date, Duration, OffsetDateTime, macros::time};

/// The ways that an officer takes down, in the order of the form.
pub const CHANNELS: [Channel; 4] = [
    Channel::Phone,
    Channel::Counter,
    Channel::Letter,
    Channel::Hotline,
];

/// What is said on the phone or at the counter is taken down at once, or after a weekend without a network [design].
const NEAR_DAYS: i64 = 3;

/// Longest number of another hotline.
pub const HOTLINE_NO_MAX: usize = 40;

/// The counter's own fields, as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Typed<'a> {
    /// Code of the way.
    pub channel: &'a str,
    /// Day of receipt.
    pub received_on: &'a str,
    /// The hotline's number.
    pub hotline_no: &'a str,
}

/// The counter's own fields, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// How it came in.
    pub channel: Channel,
    /// When the office received it: the clocks run from that day (T-01, N-04).
    pub received_at: OffsetDateTime,
    /// The hotline's number, empty for none.
    pub hotline_no: String,
}

impl Slip {
    /// Reads what was typed at `now`; a letter or a hotline's order may have arrived up to `back_days` ago.
    ///
    /// # Errors
    /// Field messages, also when the dispute of `answers` lies after the receipt.
    pub fn read(
        typed: Typed<'_>,
        answers: &Answers,
        now: OffsetDateTime,
        back_days: u16,
    ) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field, code, message: String| {
            errors.push(FieldError::new(field, code, message));
        };
        let channel = Channel::from_code(typed.channel).filter(|c| CHANNELS.contains(c));
        if channel.is_none() {
            wrong("channel", "required", "请选择是怎么来的".into());
        }
        let today = china_date(now);
        let back = match channel {
            Some(Channel::Letter | Channel::Hotline) => i64::from(back_days),
            _ => NEAR_DAYS,
        };
        let day = check::date(typed.received_on);
        match day {
            None => wrong(
                "received_on",
                "date",
                "请填收到的日期，例如 2026-11-08".into(),
            ),
            Some(d) if d > today => wrong("received_on", "future", "收到日期不能晚于今天".into()),
            Some(d) if d < today - Duration::days(back) => {
                let message = format!("收到日期最早填 {back} 天以前的；更早的请先报主管");
                wrong("received_on", "too_early", message);
            }
            Some(_) => {}
        }
        let hotline_no = typed.hotline_no.trim();
        if hotline_no.chars().count() > HOTLINE_NO_MAX {
            let message = format!("工单号最多 {HOTLINE_NO_MAX} 个字");
            wrong("hotline_no", "too_long", message);
        }
        if let (Some(day), Some(happened)) = (day, check::date(answers.get("happened_on")))
            && happened > day
            && happened <= today
        {
            let message = "争议发生的日期晚于收到的日期，请核对".into();
            wrong("happened_on", "order", message);
        }
        match (channel, day) {
            (Some(channel), Some(day)) if errors.is_empty() => Ok(Self {
                channel,
                received_at: instant(day, now),
                hotline_no: if channel == Channel::Hotline {
                    hotline_no.to_owned()
                } else {
                    String::new()
                },
            }),
            _ => Err(errors),
        }
    }
}

/// An instant of the day of receipt: now for today, noon for an earlier day, of which nobody noted the hour.
fn instant(day: Date, now: OffsetDateTime) -> OffsetDateTime {
    if day == china_date(now) {
        now
    } else {
        day.with_time(time!(12:00))
            .assume_offset(CHINA)
            .to_offset(now.offset())
    }
}

/// The messages of a filing as an officer reads them, who writes for somebody else.
#[must_use]
pub fn office_words(mut errors: Vec<FieldError>) -> Vec<FieldError> {
    for e in &mut errors {
        let words = match (e.field, e.code) {
            ("way", "required") => "请选择投诉、举报，还是两件都要",
            ("age", "required") => "请问清并选择当事人的年龄情况",
            ("agreed", _) => "请先把告知读给对方听，对方听明白后打勾",
            ("name", "required") => "请填写真实姓名：投诉和署名举报都要",
            ("phone", "required") => "请填写能联系到的电话",
            ("address", "required") => "请填写通讯地址，到街道或小区就能收信",
            ("publish", "required") => "请问清是否同意公示，没有默认选项",
            ("entrust", "required") => "请问清是否同意委托调解，没有默认选项",
            ("story", "required") => "请把经过记下来，一句话也可以",
            _ => continue,
        };
        words.clone_into(&mut e.message);
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    const NOW: OffsetDateTime = datetime!(2026-11-24 02:00 UTC);

    fn read(channel: &str, on: &str, no: &str) -> Result<Slip, Vec<&'static str>> {
        let typed = Typed {
            channel,
            received_on: on,
            hotline_no: no,
        };
        Slip::read(typed, &Answers::default(), NOW, 30)
            .map_err(|e| e.iter().map(|e| e.code).collect())
    }

    #[test]
    fn t01_a_letter_counts_from_the_day_it_arrived_within_bounds() {
        let letter = read("letter", "2026年11月10日", "").unwrap();
        assert_eq!(china_date(letter.received_at), date!(2026 - 11 - 10));
        assert_eq!(read("phone", "2026-11-24", "").unwrap().received_at, NOW);
        assert!(read("letter", "2026-10-25", "").is_ok());
        assert_eq!(read("letter", "2026-10-24", ""), Err(vec!["too_early"]));
        assert_eq!(read("counter", "2026-11-20", ""), Err(vec!["too_early"]));
        assert_eq!(read("12345", "2026-11-25", ""), Err(vec!["future"]));
    }

    #[test]
    fn only_the_counters_own_ways_and_only_a_hotline_has_a_number() {
        assert_eq!(read("web", "2026-11-24", ""), Err(vec!["required"]));
        assert_eq!(read("", "", ""), Err(vec!["required", "date"]));
        assert_eq!(
            read("phone", "2026-11-24", "SC1").unwrap().hotline_no,
            "",
            "a number typed before the way was changed"
        );
        assert_eq!(
            read("12345", "2026-11-24", " SC1 ").unwrap().hotline_no,
            "SC1"
        );
        assert_eq!(
            read("12345", "2026-11-24", &"9".repeat(41)),
            Err(vec!["too_long"])
        );
    }

    #[test]
    fn nothing_happens_after_it_was_received() {
        let mut answers = Answers::default();
        answers.set("happened_on", "2026-11-12");
        let typed = Typed {
            channel: "letter",
            received_on: "2026-11-10",
            hotline_no: "",
        };
        let errors = Slip::read(typed, &answers, NOW, 30).unwrap_err();
        assert_eq!(errors[0].field, "happened_on");
        answers.set("happened_on", "2026-11-10");
        assert!(Slip::read(typed, &answers, NOW, 30).is_ok());
    }
}
