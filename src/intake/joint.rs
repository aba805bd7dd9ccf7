//! Several complainants together 共同投诉 (C-05, 投办12) and a complainant who is represented 委托代理 (C-04, 投办11): who
//! they are, who speaks for them, whose consent a step needs. Pure.

use super::{check, fields::Answers};
use crate::{
    error::FieldError,
    kernel::words::{halfwidth, words},
};
use time::Date;

words! {
    /// For whom the sender acts.
    Acting {
        Own = "own", "只为自己投诉";
        Joint = "joint", "和别人一起投诉同一件事";
        Agent = "agent", "受别人委托，替他投诉";
    }
}

words! {
    /// What an agent may do 代理权限; what ends the dispute needs to be named.
    Powers {
        General = "general", "一般代理：代为提交、参加调解";
        Special = "special", "特别授权：还可以代为和解、放弃或者变更请求、撤回";
    }
}

words! {
    /// What somebody is in a complaint.
    PartyRole {
        Sender = "sender", "提交人";
        Joint = "joint", "共同投诉人";
        Agent = "agent", "委托代理人";
    }
}

words! {
    /// What represented persons consent to.
    Matter {
        Settle = "settle", "和解或者达成调解协议";
        Waive = "waive", "撤回投诉或者放弃请求";
        Change = "change", "更换代表人";
    }
}

/// Other complainants that one filing takes [design]; a larger group comes to the counter.
pub const MOST: usize = 30;

/// Representatives that may be chosen (投办12).
pub const REPRESENTATIVES: usize = 2;

/// A joint complainant; sealed alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Telephone, normalised digits.
    pub phone: String,
    /// Postal address.
    pub address: String,
}

/// An agent; sealed alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Agent {
    /// Full name.
    pub name: String,
    /// Telephone, normalised digits.
    pub phone: String,
    /// What for 委托事项.
    pub matter: String,
    /// What the agent may do 权限.
    pub powers: Powers,
    /// Until when 期限.
    pub until: Date,
}

impl Agent {
    /// Whether the agent alone may settle, waive or withdraw on this day.
    #[must_use]
    pub fn may_end(&self, today: Date) -> bool {
        self.powers == Powers::Special && today <= self.until
    }
}

/// Who files, beside the sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// The other complainants.
    pub others: Vec<Person>,
    /// Who represents: places in the list, 0 is the sender.
    pub representatives: Vec<usize>,
    /// The agent of the complainant.
    pub agent: Option<Agent>,
    /// The written election or the letter of authorisation is at hand.
    pub paper: bool,
}

fn no_separator(c: char) -> bool {
    !(c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；' | '|' | '。'))
}

/// One line as people write it: name, telephone, address, with whatever between them.
fn person(line: &str) -> Result<Person, &'static str> {
    let line = halfwidth(line);
    let line = line.trim();
    let words: Vec<&str> = line
        .split(|c| !no_separator(c))
        .filter(|w| !w.is_empty())
        .collect();
    // a number is often written in groups
    let (at, end) = (1..=3)
        .flat_map(|n| (0..(words.len() + 1).saturating_sub(n)).map(move |i| (i, i + n)))
        .find(|(i, end)| check::phone(&words[*i..*end].concat()).is_some())
        .ok_or("没有找到电话号码，写成「姓名，电话，住址」")?;
    let name = words[..at].concat();
    if name.is_empty() || name.chars().count() > 40 {
        return Err("开头请写姓名，后面写电话和住址");
    }
    let address = words[end..].concat();
    if address.is_empty() {
        return Err("电话后面请写住址");
    }
    if address.chars().count() > 120 {
        return Err("住址太长，最多 120 个字");
    }
    Ok(Person {
        name,
        phone: check::phone(&words[at..end].concat()).unwrap_or_default(),
        address,
    })
}

/// The other complainants, one a line.
///
/// # Errors
/// What is wrong with the first line that cannot be read.
pub fn people(text: &str) -> Result<Vec<Person>, String> {
    let mut out = Vec::new();
    for (n, line) in text.lines().filter(|l| !l.trim().is_empty()).enumerate() {
        if n >= MOST {
            return Err(format!(
                "一次最多写 {MOST} 位；人更多的，请先推选代表，到窗口一起登记"
            ));
        }
        out.push(person(line).map_err(|why| format!("第 {} 位：{why}", n + 1))?);
    }
    Ok(out)
}

/// The places of the chosen names among the complainants (0: the sender).
///
/// # Errors
/// A message for a name that is nobody's, for none, and for more than the law allows.
pub fn representatives(text: &str, names: &[&str]) -> Result<Vec<usize>, String> {
    let mut out = Vec::new();
    for word in text.split(|c| !no_separator(c)).filter(|w| !w.is_empty()) {
        let place = names
            .iter()
            .position(|n| *n == word)
            .ok_or_else(|| format!("「{word}」不在投诉人里，请写上面出现过的姓名"))?;
        if !out.contains(&place) {
            out.push(place);
        }
    }
    match out.len() {
        0 => Err("请写由谁做代表".to_owned()),
        n if n > REPRESENTATIVES => Err(format!(
            "代表最多 {REPRESENTATIVES} 位（办法第十二条），请再商量一下"
        )),
        _ => Ok(out),
    }
}

/// The messages about joint complainants and agents, in the order of the form.
pub(super) fn check(answers: &Answers, today: Date) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut bad = |field, code, message: String| errors.push(FieldError::new(field, code, message));
    match acting(answers) {
        Acting::Own => {}
        Acting::Joint => {
            match people(answers.get("others")) {
                Ok(all) if all.is_empty() => bad(
                    "others",
                    "required",
                    "请写上一起投诉的人，一行一位".to_owned(),
                ),
                Ok(all) => {
                    if let Err(why) =
                        representatives(answers.get("speakers"), &names(answers, &all))
                    {
                        bad("speakers", "speakers", why);
                    }
                }
                Err(why) => bad("others", "line", why),
            }
            if answers.get("joint_consent") != "yes" {
                let why = "一起投诉要大家都同意，请问过每一位再打勾";
                bad("joint_consent", "required", why.to_owned());
            }
        }
        Acting::Agent => {
            if answers.get("agent_name").is_empty() {
                bad("agent_name", "required", "请填写代理人的姓名".to_owned());
            }
            if check::phone(answers.get("agent_phone")).is_none() {
                let why = "请填写代理人的电话，手机 11 位，座机带区号";
                bad("agent_phone", "phone", why.to_owned());
            }
            if answers.get("agent_matter").is_empty() {
                let why = "请写委托办什么事，例如：就这台热水器投诉并参加调解";
                bad("agent_matter", "required", why.to_owned());
            }
            if Powers::from_code(answers.get("agent_powers")).is_none() {
                bad("agent_powers", "required", "请选择代理权限".to_owned());
            }
            match check::date(answers.get("agent_until")) {
                None => bad(
                    "agent_until",
                    "date",
                    "请填委托到哪一天，例如 2027-05-31".to_owned(),
                ),
                Some(d) if d < today => bad("agent_until", "past", "委托期限已经过了".to_owned()),
                Some(_) => {}
            }
        }
    }
    errors
}

/// For whom the sender acts; only complaints know anything but oneself.
#[must_use]
pub fn acting(answers: &Answers) -> Acting {
    if matches!(answers.get("way"), "complaint" | "both") {
        Acting::from_code(answers.get("acting")).unwrap_or(Acting::Own)
    } else {
        Acting::Own
    }
}

/// The names of the complainants, the sender first.
fn names<'a>(answers: &'a Answers, others: &'a [Person]) -> Vec<&'a str> {
    let all = others.iter().map(|p| p.name.as_str());
    std::iter::once(answers.get("name")).chain(all).collect()
}

impl Parties {
    /// Reads answers that pass [`check`].
    #[must_use]
    pub fn read(answers: &Answers) -> Self {
        let paper = answers.get("paper") == "yes";
        match acting(answers) {
            Acting::Own => Self::default(),
            Acting::Joint => {
                let others = people(answers.get("others")).unwrap_or_default();
                let chosen = representatives(answers.get("speakers"), &names(answers, &others));
                Self {
                    representatives: chosen.unwrap_or_else(|_| vec![0]),
                    others,
                    agent: None,
                    paper,
                }
            }
            Acting::Agent => Self {
                agent: agent(answers),
                paper,
                ..Self::default()
            },
        }
    }
}

fn agent(answers: &Answers) -> Option<Agent> {
    Some(Agent {
        name: answers.get("agent_name").to_owned(),
        phone: check::phone(answers.get("agent_phone"))?,
        matter: answers.get("agent_matter").to_owned(),
        powers: Powers::from_code(answers.get("agent_powers"))?,
        until: check::date(answers.get("agent_until"))?,
    })
}

/// Somebody in a complaint as the rules of consent see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Place in the list; 0 is the sender.
    pub ord: i32,
    /// Sender, joint complainant, agent.
    pub role: PartyRole,
    /// Chosen to represent the others.
    pub represents: bool,
}

/// Whose consent a matter needs (投办11, 12): that of everybody who is represented; that of the complainant when the
/// agent may not do it alone (`agent_may_end` false).
#[must_use]
pub fn needed(places: &[Place], agent_may_end: bool) -> Vec<i32> {
    let joint = places.iter().any(|p| p.role == PartyRole::Joint);
    let agent = places.iter().any(|p| p.role == PartyRole::Agent);
    if joint {
        let silent = places.iter().filter(|p| !p.represents);
        silent.map(|p| p.ord).collect()
    } else if agent && !agent_may_end {
        vec![0]
    } else {
        Vec::new()
    }
}

/// Who of those needed has not consented.
#[must_use]
pub fn missing(needed: &[i32], given: &[i32]) -> Vec<i32> {
    let lacks = needed.iter().filter(|n| !given.contains(n));
    lacks.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 24);

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        let mut out = Answers::default();
        for (name, value) in pairs {
            out.set(name, value);
        }
        out
    }

    const JOINT: &[(&str, &str)] = &[
        ("way", "complaint"),
        ("acting", "joint"),
        ("name", "张示例"),
        (
            "others",
            "李样本，138 0013 8001，华阳街道示例路2号\n王例文 028-80000000 万安街道示例路3号",
        ),
        ("speakers", "张示例、李样本"),
        ("joint_consent", "yes"),
    ];

    fn wrong(pairs: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<&'static str> {
        let all = [pairs, more].concat();
        let errors = check(&answers(&all), TODAY);
        errors.iter().map(|e| e.field).collect()
    }

    #[test]
    fn people_are_read_as_they_are_written() {
        let all = people(
            "李样本，13800138001，华阳街道示例路2号\n\n王例文\t028-80000000；万安街道 示例路3号\n赵　示　13800138002 兴隆街道",
        )
        .unwrap();
        assert_eq!(all.len(), 3);
        assert_eq!(all[1].name, "王例文");
        assert_eq!(all[1].address, "万安街道示例路3号");
        assert_eq!(all[2].name, "赵示");
        assert!(
            people("李样本 华阳街道")
                .unwrap_err()
                .starts_with("第 1 位")
        );
        assert!(people("13800138001 华阳街道").is_err());
        assert!(people("李样本 13800138001").is_err());
        let many = "李样本 13800138001 华阳街道示例路\n".repeat(MOST + 1);
        assert!(people(&many).unwrap_err().contains("最多"));
    }

    #[test]
    fn c05_two_complainants_with_consent_and_at_most_two_representatives() {
        assert_eq!(wrong(JOINT, &[]), Vec::<&str>::new());
        assert_eq!(wrong(JOINT, &[("others", "")]), ["others"]);
        assert_eq!(wrong(JOINT, &[("joint_consent", "")]), ["joint_consent"]);
        assert_eq!(wrong(JOINT, &[("speakers", "")]), ["speakers"]);
        assert_eq!(wrong(JOINT, &[("speakers", "陈示例")]), ["speakers"]);
        assert_eq!(
            wrong(JOINT, &[("speakers", "张示例，李样本，王例文")]),
            ["speakers"]
        );
        assert_eq!(
            wrong(JOINT, &[("way", "report"), ("others", "")]),
            Vec::<&str>::new(),
            "a report has no parties"
        );
        let read = Parties::read(&answers(JOINT));
        assert_eq!(read.representatives, [0, 1]);
        assert_eq!(read.others[1].phone, "028-80000000");
    }

    #[test]
    fn c04_the_letter_names_matter_powers_and_term() {
        let agent: &[(&str, &str)] = &[
            ("way", "complaint"),
            ("acting", "agent"),
            ("agent_name", "赵代理"),
            ("agent_phone", "13800138009"),
            ("agent_matter", "就热水器投诉并参加调解"),
            ("agent_powers", "general"),
            ("agent_until", "2027-05-31"),
        ];
        assert_eq!(wrong(agent, &[]), Vec::<&str>::new());
        assert_eq!(
            wrong(&agent[..2], &[]),
            [
                "agent_name",
                "agent_phone",
                "agent_matter",
                "agent_powers",
                "agent_until"
            ]
        );
        assert_eq!(
            wrong(agent, &[("agent_until", "2026-11-23")]),
            ["agent_until"]
        );
        let read = Parties::read(&answers(agent)).agent.unwrap();
        assert!(!read.may_end(TODAY), "general powers end nothing");
        let special = Agent {
            powers: Powers::Special,
            ..read
        };
        assert!(special.may_end(date!(2027 - 05 - 31)) && !special.may_end(date!(2027 - 06 - 01)));
    }

    #[test]
    fn c05_the_represented_consent_and_nobody_else_is_asked() {
        let place = |ord, role, represents| Place {
            ord,
            role,
            represents,
        };
        let joint = [
            place(0, PartyRole::Sender, true),
            place(1, PartyRole::Joint, false),
            place(2, PartyRole::Joint, false),
        ];
        assert_eq!(needed(&joint, false), [1, 2]);
        assert_eq!(missing(&needed(&joint, false), &[2]), [1]);
        assert!(missing(&needed(&joint, false), &[1, 2]).is_empty());
        let agent = [
            place(0, PartyRole::Sender, false),
            place(1, PartyRole::Agent, false),
        ];
        assert_eq!(needed(&agent, false), [0]);
        assert!(needed(&agent, true).is_empty());
        assert!(
            needed(&[], false).is_empty(),
            "somebody alone decides alone"
        );
    }
}
