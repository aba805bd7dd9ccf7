//! Invented examples of names, of what is none, and properties of the places found.

use super::find;

fn names(text: &str, titles: bool) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let places = find(&chars, titles);
    places
        .iter()
        .map(|(a, b)| chars[*a..*b].iter().collect())
        .collect()
}

#[test]
fn names_of_people_are_found() {
    let cases: &[(&str, &[&str])] = &[
        ("我叫王小明，在幸福超市买了一台电饭煲。", &["王小明"]),
        ("投诉人：李秀英，联系人：欧阳文博", &["李秀英", "欧阳文博"]),
        (
            "店主张建国拒绝退款，张建国还说随便告。",
            &["张建国", "张建国"],
        ),
        ("销售员陈丽丽承诺七天无理由退货", &["陈丽丽"]),
        ("钱是转给赵敏的，收据上写的是周志强。", &["赵敏", "周志强"]),
        (
            "我丈夫刘永新在健身房摔倒，教练黄涛不管。",
            &["刘永新", "黄涛"],
        ),
        ("老板叫何香，电话打不通", &["何香"]),
        ("有个叫黄水的业务员，联系人：黄金", &["黄水", "黄金"]),
        ("法定代表人：诸葛建军", &["诸葛建军"]),
        ("孙 晓 燕 说不退钱，联系人孙晓燕", &["孙晓燕"]),
    ];
    for (text, wanted) in cases {
        let found = names(text, false);
        assert!(
            wanted.iter().all(|w| found.iter().any(|f| f == w)),
            "{text} {found:?}"
        );
    }
}

#[test]
fn places_shops_goods_and_titles_stay() {
    for text in [
        "",
        "在周大福买的金项链褪色了，李宁的鞋子开胶。",
        "高新区天府大道的永辉超市卖过期牛奶",
        "尊敬的领导您好，谢谢！敬礼",
        "张江高科技园区的物业公司乱收费",
        "王经理说不能退，李师傅修了三次没修好。",
        "订单取消后商家拒绝退款，客服说要等七天",
        "方先生火锅店的汤底有异物",
    ] {
        let found = names(text, false);
        assert!(found.is_empty(), "{text} {found:?}");
    }
}

#[test]
fn a_surname_with_a_title_is_a_setting() {
    let text = "王经理说不能退，李师傅修了三次没修好。";
    assert_eq!(names(text, true), ["王经理", "李师傅"]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]
    #[test]
    fn places_are_in_order_and_inside(text in "[王李张欧阳小明国，。：\\n 我叫店老板经理某·a1的是]{0,24}") {
        let chars: Vec<char> = text.chars().collect();
        let mut last = 0;
        for (start, end) in find(&chars, true) {
            proptest::prop_assert!(last <= start && start < end && end <= chars.len());
            last = end;
        }
    }
}
