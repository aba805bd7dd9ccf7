//! Words of danger in a story: shown emergency numbers at once and marked urgent, never refused or delayed.
//! Pure; a plain list, so that an officer can read why a case was marked.

use crate::kernel::words::words;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

words! {
    /// What kind of danger.
    Danger {
        SelfHarm = "self_harm", "可能伤害自己";
        Gas = "gas", "燃气泄漏";
        Explosion = "explosion", "爆炸、起火";
        Poisoning = "poisoning", "中毒";
        Violence = "violence", "人身威胁";
    }
}

impl Danger {
    /// What to do at once.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::SelfHarm => {
                "如果您现在很难受、想伤害自己，请马上拨打 12356 心理援助热线或 120。您不是一个人。"
            }
            Self::Gas => {
                "闻到燃气味，请先关阀开窗、离开现场、不要动电器，到室外拨打 119 或燃气抢修电话。"
            }
            Self::Explosion => "有起火、爆炸危险，请先离开现场并拨打 119。",
            Self::Poisoning => "有人中毒，请马上拨打 120，保留剩余食物、呕吐物和包装。",
            Self::Violence => "有人身危险，请马上拨打 110。",
        }
    }
}

const WORDS: &[(&str, Danger)] = &[
    ("自杀", Danger::SelfHarm),
    ("轻生", Danger::SelfHarm),
    ("不想活", Danger::SelfHarm),
    ("跳楼", Danger::SelfHarm),
    ("寻短见", Danger::SelfHarm),
    ("活不下去", Danger::SelfHarm),
    ("结束生命", Danger::SelfHarm),
    ("割腕", Danger::SelfHarm),
    ("喝农药", Danger::SelfHarm),
    ("煤气泄漏", Danger::Gas),
    ("燃气泄漏", Danger::Gas),
    ("天然气泄漏", Danger::Gas),
    ("漏气", Danger::Gas),
    ("煤气味", Danger::Gas),
    ("燃气味", Danger::Gas),
    ("一氧化碳", Danger::Gas),
    ("爆炸", Danger::Explosion),
    ("起火", Danger::Explosion),
    ("着火", Danger::Explosion),
    ("自燃", Danger::Explosion),
    ("冒烟", Danger::Explosion),
    ("食物中毒", Danger::Poisoning),
    ("中毒", Danger::Poisoning),
    ("上吐下泻", Danger::Poisoning),
    ("集体腹泻", Danger::Poisoning),
    ("多人腹泻", Danger::Poisoning),
    ("洗胃", Danger::Poisoning),
    ("打我", Danger::Violence),
    ("威胁要", Danger::Violence),
    ("持刀", Danger::Violence),
    ("人身威胁", Danger::Violence),
];

static FINDER: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(WORDS.iter().map(|w| w.0)).ok());

/// The gravest danger that a text speaks of (the order of [`Danger::ALL`]).
#[must_use]
pub fn find(text: &str) -> Option<Danger> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    FINDER
        .as_ref()?
        .find_iter(&plain)
        .map(|m| WORDS[m.pattern().as_usize()].1)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danger_is_seen_through_blanks_and_the_gravest_wins() {
        assert_eq!(find("热水器漏水，要求换货"), None);
        assert_eq!(find("厨房有煤 气 味，快爆炸了"), Some(Danger::Gas));
        assert_eq!(
            find("钱都被骗了，我不想活了，家里还着火"),
            Some(Danger::SelfHarm)
        );
        assert_eq!(find("一家三口食物中毒"), Some(Danger::Poisoning));
    }
}
