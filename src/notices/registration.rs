//! Forms 1 and 2: what the office took down on the phone, at the counter or from a letter, for the file and for the
//! sender to sign. Pure.

use super::chinese_date;
use crate::kernel::words::CaseKind;
use time::Date;

/// A labelled line.
pub type Line = (&'static str, String);

/// What a registration form states.
#[derive(Debug, Clone)]
pub struct Registration<'a> {
    /// Complaint (form 1) or report (form 2).
    pub kind: CaseKind,
    /// Case number.
    pub number: &'a str,
    /// How it came in, in words, with the hotline's number.
    pub channel: String,
    /// Day of receipt: the clocks run from it.
    pub received: Date,
    /// Who took it down.
    pub officer: &'a str,
    /// Who filed; empty for an anonymous reporter.
    pub sender: Vec<Line>,
    /// The trader.
    pub trader: Vec<Line>,
    /// What the sender wants; empty for a report.
    pub demands: String,
    /// What happened.
    pub story: &'a str,
    /// Goods, dates, amounts, proof.
    pub facts: Vec<Line>,
    /// Answers that the law asks for: publishing, entrusted mediation.
    pub consents: Vec<Line>,
    /// The department that has it.
    pub department: &'a str,
    /// Date of this paper.
    pub today: Date,
}

/// Adds a numbered part, unless it says nothing.
fn part(out: &mut String, n: &mut usize, title: &str, body: &str) {
    const NUMBERS: [&str; 8] = ["一", "二", "三", "四", "五", "六", "七", "八"];
    if !body.is_empty() {
        let number = NUMBERS.get(*n).copied().unwrap_or("附");
        out.push_str(&format!("\n{number}、{title}\n{body}\n"));
        *n += 1;
    }
}

fn lines(all: &[Line]) -> String {
    let all: Vec<String> = all.iter().map(|(k, v)| format!("{k}：{v}")).collect();
    all.join("\n")
}

/// 投诉登记表 (form 1) or 举报登记表 (form 2).
#[must_use]
pub fn registration(r: &Registration<'_>) -> String {
    let (who, against) = match r.kind {
        CaseKind::Complaint => ("投诉人", "被投诉人"),
        CaseKind::Report => ("举报人", "被举报人"),
    };
    let sender = match lines(&r.sender) {
        empty if empty.is_empty() => "匿名，没有留姓名和联系方式".to_owned(),
        some => some,
    };
    let mut out = format!(
        "{}登记表\n\n编号：{}\n接收方式：{}\n收到日期：{}\n登记人：{}\n",
        r.kind,
        r.number,
        r.channel,
        chinese_date(r.received),
        r.officer
    );
    let mut n = 0;
    part(&mut out, &mut n, who, &sender);
    part(&mut out, &mut n, against, &lines(&r.trader));
    part(&mut out, &mut n, "投诉请求", &r.demands);
    let title = match r.kind {
        CaseKind::Complaint => "事实和理由",
        CaseKind::Report => "违法行为的线索",
    };
    part(&mut out, &mut n, title, r.story);
    part(&mut out, &mut n, "有关情况和凭证", &lines(&r.facts));
    part(&mut out, &mut n, "征求意见", &lines(&r.consents));
    out.push_str(&format!(
        "\n{who}对所述内容的真实性负责（《市场监督管理投诉举报处理办法》{}）。\n\n{who}确认（签名）：　　　　　　　　登记人（签名）：\n\n{}\n{}",
        match r.kind {
            CaseKind::Complaint => "第十条",
            CaseKind::Report => "第二十八条",
        },
        r.department,
        chinese_date(r.today)
    ));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn form(kind: CaseKind, sender: Vec<Line>) -> String {
        registration(&Registration {
            kind,
            number: "TS-2611-00517-3",
            channel: "来信".into(),
            received: date!(2026 - 11 - 10),
            officer: "陈示例",
            sender,
            trader: vec![("商家名称", "示例电器".into())],
            demands: if kind == CaseKind::Complaint {
                "退货".into()
            } else {
                String::new()
            },
            story: "热水器漏水",
            facts: vec![],
            consents: vec![("是否同意公示投诉信息", "否".into())],
            department: "市场监管部门",
            today: date!(2026 - 11 - 24),
        })
    }

    #[test]
    fn form_1_has_the_parts_of_the_law_in_order() {
        let text = form(CaseKind::Complaint, vec![("姓名", "张示例".into())]);
        let at = |words: &str| {
            text.find(words)
                .unwrap_or_else(|| panic!("{words}\n{text}"))
        };
        let order = [
            "投诉登记表",
            "收到日期：2026年11月10日",
            "一、投诉人",
            "二、被投诉人",
            "三、投诉请求",
            "四、事实和理由",
            "五、征求意见",
            "第十条",
        ];
        assert!(order.windows(2).all(|w| at(w[0]) < at(w[1])), "{text}");
        assert!(!text.contains("有关情况和凭证"), "nothing is said of it");
    }

    #[test]
    fn form_2_of_an_anonymous_reporter_names_nobody() {
        let text = form(CaseKind::Report, vec![]);
        assert!(text.contains("举报登记表") && text.contains("匿名"));
        assert!(!text.contains("投诉请求"));
    }
}
