//! Figures of the desk 统计 (rules 6.4): the slots in which a case can stand, and the formulas over them. Each formula is
//! one row, with the sentence that the page shows beside it. Pure: `marks` says where one case stands, `tally` sums up,
//! `period` is the time asked for.

pub mod flow;
mod marks;
mod period;
mod tally;

pub use marks::{Clocked, Subject, marks};
pub use period::{Month, Period};
pub use tally::{Count, Tally};

use crate::kernel::{Fen, words::words};
use time::Date;

/// Grows when the derivation changes: every case is then counted anew.
pub const VERSION: &str = "3";

/// The subject of dispatch that makes a complaint one about the quality of building 工程质量.
pub const CONSTRUCTION: &str = "construction";

words! {
    /// What about a case is counted; at most one slot of each mark, on one day.
    Mark {
        Received = "received", "收到";
        First = "first", "初查或者核查到期";
        Finish = "finish", "调解到期";
        Ended = "ended", "有结果";
        Reopened = "reopened", "重新办理";
        Rating = "rating", "评价";
        Responded = "responded", "有没有人回应";
        Solved = "solved", "解决没有";
        Satisfied = "satisfied", "满不满意";
    }
}

words! {
    /// How a case stands in the figures. Codes are stored.
    Slot {
        Complaint = "complaint", "投诉";
        Construction = "construction", "工程质量投诉";
        Report = "report", "举报";
        CheckInTime = "check_in_time", "按时初查";
        CheckLate = "check_late", "逾期初查";
        CheckOverdue = "check_overdue", "到期没有初查";
        CheckPending = "check_pending", "初查还没有到期";
        CheckExempt = "check_exempt", "到期前已撤回或者移送";
        VerifyInTime = "verify_in_time", "按时核查";
        VerifyLate = "verify_late", "逾期核查";
        VerifyOverdue = "verify_overdue", "到期没有核查完";
        VerifyPending = "verify_pending", "核查还没有到期";
        VerifyResting = "verify_resting", "核查因检测鉴定暂停";
        VerifyExempt = "verify_exempt", "不用核查（撤回、重复、并案、移送、无处理权限）";
        CloseInTime = "close_in_time", "按时办结";
        CloseLate = "close_late", "逾期办结";
        CloseOverdue = "close_overdue", "到期没有办结";
        ClosePending = "close_pending", "调解还没有到期";
        CloseResting = "close_resting", "调解因检测鉴定暂停";
        Refused = "refused", "不予受理";
        WithdrawnEarly = "withdrawn_early", "受理前撤回";
        Agreed = "agreed", "达成调解协议";
        Settled = "settled", "先行和解";
        Withdrawn = "withdrawn", "受理后撤回";
        Failed = "failed", "没有达成协议";
        Unfit = "unfit", "终止（不应受理的情形）";
        PartyGone = "party_gone", "终止（一方死亡或者终止）";
        NoAuthority = "no_authority", "告知无处理权限";
        Duplicate = "duplicate", "重复举报";
        NotFiled = "not_filed", "不予立案";
        Decided = "decided", "作出处理决定";
        ReportWithdrawn = "report_withdrawn", "举报人撤回";
        Transferred = "transferred", "移送其他机关";
        Merged = "merged", "并入在办的举报";
        Reopened = "reopened", "重新办理";
        Rated = "rated", "评价了";
        Unrated = "unrated", "没有评价";
        RespondedYes = "responded_yes", "有人回应";
        RespondedNo = "responded_no", "没有人回应";
        SolvedYes = "solved_yes", "解决了";
        SolvedPartly = "solved_partly", "解决了一部分";
        SolvedNo = "solved_no", "没有解决";
        SatisfiedYes = "satisfied_yes", "满意";
        SatisfiedFair = "satisfied_fair", "一般";
        SatisfiedNo = "satisfied_no", "不满意";
    }
}

impl Slot {
    /// Its place in [`Slot::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The mark that it belongs to.
    #[must_use]
    pub const fn mark(self) -> Mark {
        match self {
            Self::Complaint | Self::Construction | Self::Report => Mark::Received,
            Self::CheckInTime
            | Self::CheckLate
            | Self::CheckOverdue
            | Self::CheckPending
            | Self::CheckExempt
            | Self::VerifyInTime
            | Self::VerifyLate
            | Self::VerifyOverdue
            | Self::VerifyPending
            | Self::VerifyResting
            | Self::VerifyExempt => Mark::First,
            Self::CloseInTime
            | Self::CloseLate
            | Self::CloseOverdue
            | Self::ClosePending
            | Self::CloseResting => Mark::Finish,
            Self::Reopened => Mark::Reopened,
            Self::Rated | Self::Unrated => Mark::Rating,
            Self::RespondedYes | Self::RespondedNo => Mark::Responded,
            Self::SolvedYes | Self::SolvedPartly | Self::SolvedNo => Mark::Solved,
            Self::SatisfiedYes | Self::SatisfiedFair | Self::SatisfiedNo => Mark::Satisfied,
            _ => Mark::Ended,
        }
    }

    /// Slots that the passing of a day changes.
    pub const WAITING: &'static [Self] =
        &[Self::CheckPending, Self::VerifyPending, Self::ClosePending];
}

/// Where one case stands for one mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The slot.
    pub slot: Slot,
    /// The day that decides to which month it belongs.
    pub on: Date,
    /// Natural days since receipt, where the figure counts them.
    pub days: Option<u16>,
    /// Money that the consumer got back.
    pub fen: i64,
}

words! {
    /// A figure 指标.
    Figure {
        Complaints = "complaints", "收到投诉";
        Reports = "reports", "收到举报";
        Unanswered = "unanswered", "到期没有答复";
        Reopened = "reopened", "重新办理";
        CheckRate = "check_rate", "投诉按时初查率";
        CloseRate = "close_rate", "投诉按时办结率";
        VerifyOnTime = "verify_on_time", "举报按时核查率";
        VerifyRate = "verify_rate", "举报核查率";
        MediationRate = "mediation_rate", "调解成功率";
        Settled = "settled", "先行和解";
        Recovered = "recovered", "挽回经济损失";
        ConstructionRate = "construction_rate", "工程质量投诉率";
        CheckDays = "check_days", "投诉初查用时";
        CloseDays = "close_days", "投诉办结用时";
        VerifyDays = "verify_days", "举报核查用时";
        RatedRate = "rated_rate", "居民评价率";
        RespondedRate = "responded_rate", "居民说有人回应";
        SolvedRate = "solved_rate", "居民说解决了";
        SatisfiedRate = "satisfied_rate", "居民满意率";
    }
}

/// What kind of number a figure is, and over which slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// How many cases.
    Count(&'static [Slot]),
    /// These out of those.
    Rate(&'static [Slot], &'static [Slot]),
    /// Money, and in how many cases.
    Money(&'static [Slot]),
    /// Median and ninth decile of the days.
    Days(&'static [Slot]),
}

impl Shape {
    /// The slots of one part.
    #[must_use]
    pub const fn slots(self, part: Part) -> &'static [Slot] {
        match (self, part) {
            (Self::Rate(_, all), Part::All) => all,
            (
                Self::Count(of) | Self::Rate(of, _) | Self::Money(of) | Self::Days(of),
                Part::Of | Part::All,
            ) => of,
        }
    }
}

words! {
    /// What a table is split by.
    By {
        Month = "month", "月份";
        Department = "department", "部门";
        Street = "street", "街道";
        Category = "category", "类别";
    }
}

words! {
    /// Which cases of a figure.
    Part {
        Of = "of", "符合的";
        All = "all", "应当计入的";
    }
}

use Slot as S;

const COMPLAINTS: &[S] = &[S::Complaint, S::Construction];
const CHECKED: &[S] = &[S::CheckInTime, S::CheckLate];
const CHECK_DUE: &[S] = &[S::CheckInTime, S::CheckLate, S::CheckOverdue];
const VERIFIED: &[S] = &[S::VerifyInTime, S::VerifyLate];
const VERIFY_DUE: &[S] = &[S::VerifyInTime, S::VerifyLate, S::VerifyOverdue];
const CLOSE_DUE: &[S] = &[S::CloseInTime, S::CloseLate, S::CloseOverdue];
const MEDIATED: &[S] = &[S::Agreed, S::Failed];
const FINISHED: &[S] = &[
    S::Agreed,
    S::Settled,
    S::Withdrawn,
    S::Failed,
    S::Unfit,
    S::PartyGone,
];

const SATISFIED: &[S] = &[S::SatisfiedYes, S::SatisfiedFair, S::SatisfiedNo];

impl Figure {
    /// The formula (rules 6.4).
    #[must_use]
    pub const fn shape(self) -> Shape {
        match self {
            Self::Complaints => Shape::Count(COMPLAINTS),
            Self::Reports => Shape::Count(&[S::Report]),
            Self::ConstructionRate => Shape::Rate(&[S::Construction], COMPLAINTS),
            Self::CheckRate => Shape::Rate(&[S::CheckInTime], CHECK_DUE),
            Self::CloseRate => Shape::Rate(&[S::CloseInTime], CLOSE_DUE),
            Self::VerifyOnTime => Shape::Rate(&[S::VerifyInTime], VERIFY_DUE),
            Self::VerifyRate => Shape::Rate(VERIFIED, VERIFY_DUE),
            Self::MediationRate => Shape::Rate(&[S::Agreed], MEDIATED),
            Self::Settled => Shape::Count(&[S::Settled]),
            Self::Recovered => Shape::Money(&[S::Agreed, S::Settled]),
            Self::CheckDays => Shape::Days(CHECKED),
            Self::CloseDays => Shape::Days(FINISHED),
            Self::VerifyDays => Shape::Days(VERIFIED),
            Self::Unanswered => Shape::Count(&[S::CheckOverdue, S::VerifyOverdue]),
            Self::Reopened => Shape::Count(&[S::Reopened]),
            Self::RatedRate => Shape::Rate(&[S::Rated], &[S::Rated, S::Unrated]),
            Self::RespondedRate => {
                Shape::Rate(&[S::RespondedYes], &[S::RespondedYes, S::RespondedNo])
            }
            Self::SolvedRate => Shape::Rate(
                &[S::SolvedYes],
                &[S::SolvedYes, S::SolvedPartly, S::SolvedNo],
            ),
            Self::SatisfiedRate => Shape::Rate(&[S::SatisfiedYes], SATISFIED),
        }
    }

    /// What it says, in one line for people.
    #[must_use]
    pub const fn definition(self) -> &'static str {
        match self {
            Self::Complaints => "这段时间收到的投诉件数，按收到的日期算。",
            Self::Reports => "这段时间收到的举报件数，按收到的日期算。",
            Self::ConstructionRate => "收到的投诉里，新房和工程质量的投诉占多少。",
            Self::CheckRate => {
                "受理期限在这段时间内到期的投诉里，七个工作日内决定了受不受理的占多少。到期前撤回和移送的不算。"
            }
            Self::CloseRate => {
                "调解期限在这段时间内到期的投诉里，到期前结束调解的占多少。鉴定、检测的天数不算。"
            }
            Self::VerifyOnTime => {
                "核查期限（含批准的延长）在这段时间内到期的举报里，到期前决定了立不立案的占多少。撤回、重复、并案、移送和无处理权限的不算。"
            }
            Self::VerifyRate => {
                "核查期限在这段时间内到期的举报里，已经核查完的占多少，逾期核查的也算核查过。"
            }
            Self::MediationRate => {
                "这段时间结束的调解里，达成协议的占多少。撤回、和解、不该受理和一方不在了的不算。"
            }
            Self::Settled => "投诉人同意了商家答复里的方案、双方自己谈妥的件数，按同意的日期算。",
            Self::Recovered => "调解协议和先行和解里写明给消费者的钱，没有写金额的按零算。",
            Self::CheckDays => {
                "从收到投诉到决定受不受理，用了多少天（自然日）。还没有决定的不在内，看“到期没有答复”。"
            }
            Self::CloseDays => {
                "从收到投诉到有结果（达成协议、和解、终止调解），用了多少天（自然日）。按有结果的日期算，不受理的不在内。"
            }
            Self::VerifyDays => "从收到举报到决定立不立案，用了多少天（自然日）。",
            Self::Unanswered => "期限在这段时间内到期、到现在还没有决定的投诉和举报。",
            Self::Reopened => {
                "办结以后，居民申请重新办理、批准了的件数，按批准的日期算。重新办理的，原来的结果不再计入，等再次办结。"
            }
            Self::RatedRate => {
                "这段时间办结、可以评价的案件里，居民评价了的占多少。没有评价的不当作满意，也不当作不满意。"
            }
            Self::RespondedRate => "回答了这一问的居民里，说有人回应的占多少。按办结的日期算。",
            Self::SolvedRate => {
                "回答了这一问的居民里，说问题解决了的占多少，解决一部分的不算解决。按办结的日期算。"
            }
            Self::SatisfiedRate => {
                "回答了这一问的居民里，说满意的占多少，一般的不算满意。按办结的日期算。"
            }
        }
    }

    /// The value over summed-up cases.
    #[must_use]
    pub fn value(self, tally: &Tally) -> Value {
        match self.shape() {
            Shape::Count(of) => Value::Count(tally.count(of)),
            Shape::Rate(of, all) => Value::Rate {
                of: tally.count(of),
                all: tally.count(all),
            },
            Shape::Money(of) => Value::Money {
                fen: tally.fen(of),
                cases: tally.count(of),
            },
            Shape::Days(of) => Value::Days {
                median: tally.percentile(of, 50),
                ninth: tally.percentile(of, 90),
                cases: tally.count(of),
            },
        }
    }
}

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Cases.
    Count(i64),
    /// Cases out of cases.
    Rate {
        /// Those that fit.
        of: i64,
        /// Those that count.
        all: i64,
    },
    /// Money.
    Money {
        /// In fen.
        fen: i64,
        /// Cases that it comes from.
        cases: i64,
    },
    /// Days, `None` when no case has any.
    Days {
        /// Half of the cases took no longer.
        median: Option<u16>,
        /// Nine of ten took no longer.
        ninth: Option<u16>,
        /// How many cases.
        cases: i64,
    },
}

/// Tenths of a percent, rounded half up; `None` out of nothing.
#[must_use]
pub fn per_mille(of: i64, all: i64) -> Option<i64> {
    (all > 0).then(|| (of * 2000 + all) / (all * 2))
}

impl std::fmt::Display for Value {
    /// 「92.3%」, 「3,600 元」, 「12 天」, a dash out of nothing.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Count(n) => write!(f, "{n} 件"),
            Self::Rate { of, all } => match per_mille(*of, *all) {
                Some(n) => write!(f, "{}.{}%", n / 10, n % 10),
                None => f.write_str("—"),
            },
            Self::Money { fen, .. } => write!(f, "{} 元", Fen(*fen).yuan()),
            Self::Days { median, .. } => match median {
                Some(n) => write!(f, "{n} 天"),
                None => f.write_str("—"),
            },
        }
    }
}

impl Value {
    /// How it differs from an earlier value of the same figure, in words; empty where there is nothing to compare.
    #[must_use]
    pub fn change(&self, before: &Self) -> String {
        let said = |n: i64, less: &str, more: &str, text: String| match n {
            0 => "持平".to_owned(),
            n if n < 0 => format!("{less} {text}"),
            _ => format!("{more} {text}"),
        };
        match (*self, *before) {
            (Self::Count(now), Self::Count(was)) => {
                let n = now - was;
                said(n, "少", "多", format!("{} 件", n.abs()))
            }
            (Self::Rate { of, all }, Self::Rate { of: o, all: a }) => {
                match (per_mille(of, all), per_mille(o, a)) {
                    (Some(now), Some(was)) => {
                        let n = now - was;
                        let (whole, tenth) = (n.abs() / 10, n.abs() % 10);
                        said(n, "低", "高", format!("{whole}.{tenth} 个百分点"))
                    }
                    _ => String::new(),
                }
            }
            (Self::Money { fen, .. }, Self::Money { fen: was, .. }) => {
                let n = fen - was;
                said(n, "少", "多", format!("{} 元", Fen(n.abs()).yuan()))
            }
            (
                Self::Days {
                    median: Some(now), ..
                },
                Self::Days {
                    median: Some(was), ..
                },
            ) => {
                let n = i64::from(now) - i64::from(was);
                said(n, "快", "慢", format!("{} 天", n.abs()))
            }
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
