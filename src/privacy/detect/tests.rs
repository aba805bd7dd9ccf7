//! Invented examples of every kind, and of what must stay.

use super::{PiiKind, find, redact};

/// Texts with the place that must be covered between ⟦ and ⟧.
const HIDDEN: &[(PiiKind, &str)] = &[
    (PiiKind::Mobile, "请打⟦13900001234⟧找老板"),
    (PiiKind::Mobile, "⟦13900001234⟧"),
    (PiiKind::Mobile, "我的号 ⟦139-0000-1234⟧"),
    (PiiKind::Mobile, "手机⟦１３９００００１２３４⟧。"),
    (PiiKind::Mobile, "电话是⟦一三九零零零零一二三四⟧"),
    (PiiKind::Mobile, "⟦幺三九洞洞洞洞幺两三四⟧"),
    (PiiKind::Mobile, "⟦壹叁玖零零零零壹贰叁肆⟧"),
    (PiiKind::Mobile, "⟦①③⑨⓪⓪⓪⓪①②③④⟧"),
    (PiiKind::Mobile, "⟦❶❸❾⓿⓿⓿⓿❶❷❸❹⟧"),
    (PiiKind::Mobile, "⟦1️⃣3️⃣9️⃣0️⃣0️⃣0️⃣0️⃣1️⃣2️⃣3️⃣4️⃣⟧"),
    (
        PiiKind::Mobile,
        "⟦1\u{200b}3\u{200b}9\u{200b}0\u{200b}0\u{200b}0\u{200b}0\u{200b}1\u{200b}2\u{200b}3\u{200b}4⟧",
    ),
    (PiiKind::Mobile, "⟦𝟏𝟑𝟗𝟎𝟎𝟎𝟎𝟏𝟐𝟑𝟒⟧"),
    (PiiKind::Mobile, "⟦l39OOOOl234⟧"),
    (PiiKind::Mobile, "⟦139 O0O0 1234⟧"),
    (PiiKind::Mobile, "⟦1 3 9 0 0 0 0 1 2 3 4⟧"),
    (PiiKind::Mobile, "⟦1.3.9.0.0.0.0.1.2.3.4⟧"),
    (PiiKind::Mobile, "⟦1啊3啊9啊0啊0啊0啊0啊1啊2啊3啊4⟧"),
    (PiiKind::Mobile, "⟦1a3b9c0d0e0f0g1h2i3j4⟧"),
    (PiiKind::Mobile, "⟦1⭐3⭐9⭐0⭐0⭐0⭐0⭐1⭐2⭐3⭐4⟧"),
    (PiiKind::Mobile, "电话⟦139空格0000空格1234⟧"),
    (PiiKind::Mobile, "电话：⟦139转0000转1234⟧"),
    (PiiKind::Mobile, "联系⟦139\n0000\n1234⟧"),
    (PiiKind::Mobile, "⟦139/0000/1234⟧"),
    (PiiKind::Mobile, "⟦139，0000，1234⟧"),
    (PiiKind::Mobile, "⟦139(0000)1234⟧"),
    (PiiKind::Mobile, "⟦一三九 零零零零 一二三四⟧"),
    (PiiKind::Mobile, "⟦139零零零零1234⟧"),
    (PiiKind::Mobile, "⟦衣三9零零零零衣儿三是⟧"),
    (PiiKind::Mobile, "电话⟦衣山酒灵灵灵灵衣儿山死⟧"),
    (
        PiiKind::Mobile,
        "⟦yao san jiu ling ling ling ling yi er san si⟧",
    ),
    (
        PiiKind::Mobile,
        "⟦one three nine zero zero zero zero one two three four⟧",
    ),
    (PiiKind::Mobile, "⟦139四个零1234⟧"),
    (PiiKind::Mobile, "⟦+86 139 0000 1234⟧"),
    (PiiKind::Mobile, "⟦+8613900001234⟧"),
    (PiiKind::Mobile, "⟦(+86)13900001234⟧"),
    (PiiKind::Mobile, "⟦0086-139-0000-1234⟧"),
    (PiiKind::Mobile, "⟦8613900001234⟧"),
    (PiiKind::Mobile, "⟦013900001234⟧"),
    (PiiKind::Mobile, "唯一⟦13900001234⟧，二、⟦15900001234⟧"),
    (PiiKind::Mobile, "⟦13900001234⟧/⟦15900001234⟧"),
    (PiiKind::Mobile, "TEL⟦13900001234⟧"),
    (PiiKind::Mobile, "⟦٠١٣٩٠٠٠٠١٢٣٤⟧"),
    (PiiKind::Landline, "家里座机⟦028-61234567⟧"),
    (PiiKind::Landline, "电话⟦０２８－６１２３４５６７⟧"),
    (PiiKind::Landline, "打⟦02861234567⟧找我"),
    (PiiKind::Landline, "电话⟦61234567⟧"),
    (PiiKind::Landline, "电话(⟦0731)8612345⟧"),
    (PiiKind::ResidentId, "⟦510104198001010018⟧"),
    (PiiKind::ResidentId, "身份证⟦51010419800101001X⟧。"),
    (PiiKind::ResidentId, "⟦510104-19800101-001x⟧"),
    (PiiKind::ResidentId, "⟦510104 1980 0101 001 X⟧"),
    (
        PiiKind::ResidentId,
        "⟦五一零一零四一九八零零一零一零零一叉⟧",
    ),
    (PiiKind::ResidentId, "⟦⑤①⓪①⓪④①⑨⑧⓪⓪①⓪①⓪⓪①⑧⟧"),
    (PiiKind::ResidentId, "⟦5 1 0 1 0 4 1 9 8 0 0 1 0 1 0 0 1 8⟧"),
    (PiiKind::ResidentId, "身份证号⟦510104800101001⟧"),
    (PiiKind::ResidentId, "⟦130102199003070011⟧"),
    (PiiKind::BankCard, "卡号⟦6222000000000000123⟧"),
    (PiiKind::BankCard, "⟦6222 0000 0000 0000 123⟧"),
    (PiiKind::BankCard, "打到⟦6222.0000.0000.0000.123⟧"),
    (
        PiiKind::BankCard,
        "⟦六二二二零零零零零零零零零零零零一二三⟧",
    ),
    (PiiKind::BankCard, "⟦6 2 2 2 0 0 0 0 0 0 0 0 0 0 0 0 1 2 3⟧"),
    (PiiKind::BankCard, "⟦6222⭐0000⭐0000⭐0000⭐123⟧"),
    (PiiKind::Plate, "⟦川A12345⟧"),
    (PiiKind::Plate, "⟦川A·1234Z⟧的车"),
    (PiiKind::Plate, "⟦川a-d12345⟧"),
    (PiiKind::Plate, "⟦川 A 1 2 3 4 5⟧"),
    (PiiKind::Plate, "⟦川Ａ１２３４５⟧"),
    (PiiKind::Plate, "车牌⟦川A一二三四五⟧"),
    (PiiKind::Plate, "⟦川Ⓐ①②③④⑤⟧"),
    (PiiKind::Plate, "⟦川A1234学⟧"),
    (PiiKind::Plate, "⟦川🅰️12345⟧"),
    (PiiKind::Email, "⟦li.si@example.com⟧"),
    (PiiKind::Email, "⟦lisi ＠ 163 . com⟧"),
    (PiiKind::Email, "⟦lisi艾特qq点com⟧"),
    (PiiKind::Email, "⟦lisi at qq dot com⟧"),
    (PiiKind::Email, "⟦lisi(at)qq.com⟧"),
    (PiiKind::Email, "⟦lisi[at]qq[dot]com⟧"),
    (PiiKind::Email, "⟦lisi#qq.com⟧"),
    (PiiKind::Email, "⟦lisi小老鼠163点com⟧"),
    (PiiKind::Email, "⟦lisi@qq。com⟧"),
    (PiiKind::Email, "⟦123456789@QQ⟧"),
    (PiiKind::Wechat, "微信⟦zhang_san88⟧"),
    (PiiKind::Wechat, "微信号是：⟦zhangsanfeng⟧"),
    (PiiKind::Wechat, "加V ⟦zs12345⟧"),
    (PiiKind::Wechat, "➕V：⟦zs12345⟧"),
    (PiiKind::Wechat, "+v⟦zs12345⟧"),
    (PiiKind::Wechat, "卫星号⟦zs12345⟧"),
    (PiiKind::Wechat, "薇❤⟦zs12345⟧"),
    (PiiKind::Wechat, "💬⟦zs12345⟧"),
    (PiiKind::Wechat, "VX：⟦ｚｓ１２３４５⟧"),
    (PiiKind::Wechat, "绿泡泡⟦zs-12345⟧"),
    (PiiKind::Wechat, "微信⟦z s 1 2 3 4 5⟧"),
    (PiiKind::Wechat, "加我微信vx ⟦wxid_abc123⟧"),
    (PiiKind::Wechat, "微信：⟦88665544⟧"),
    (PiiKind::Wechat, "weixin:⟦zs下划线12345⟧"),
    (PiiKind::Wechat, "V❤：⟦zs12345⟧"),
    (PiiKind::Qq, "QQ⟦12345678⟧"),
    (PiiKind::Qq, "扣扣号码是⟦一二三四五六七八⟧"),
    (PiiKind::Qq, "企鹅号：⟦1234 5678⟧"),
    (PiiKind::Qq, "🐧⟦12345678⟧"),
    (PiiKind::Qq, "加Q⟦①②③④⑤⑥⑦⑧⟧"),
    (PiiKind::Qq, "Q群：⟦1-2-3-4-5-6-7-8⟧"),
    (PiiKind::Passport, "护照⟦E12345678⟧"),
    (PiiKind::Passport, "护照号 ⟦EA 1234567⟧"),
    (PiiKind::Passport, "港澳通行证⟦C12345678⟧"),
    (PiiKind::Address, "我住在⟦天府一街12号3栋2单元501⟧"),
    (PiiKind::Address, "收货地址：⟦幸福小区3-2-501室⟧"),
    (PiiKind::Address, "⟦某某花园三栋二单元五零一号⟧"),
    (PiiKind::Address, "家住⟦太平镇小河村5组12号⟧"),
    (PiiKind::Name, "联系人：⟦王小明⟧，"),
    (PiiKind::Name, "我叫⟦李四⟧，今年"),
    (PiiKind::Order, "订单号：⟦20260101123456789⟧"),
    (PiiKind::Order, "快递⟦SF1234567890123⟧没收到"),
    (PiiKind::Order, "运单号 ⟦YT1234567890123⟧"),
    (PiiKind::Url, "链接⟦https://example.com/a?token=abc123⟧"),
    (PiiKind::Url, "⟦https://m.tb.cn/h.abcDEF⟧"),
];

/// Texts that must stay as they are.
const STAY: &[&str] = &[
    "",
    "投诉热线12315、12345，报警110，火警119，急救120，客服10086、95588",
    "客服400-800-1234，热线8008101234",
    "办公电话028-61234567（政府公开电话）",
    "单价13800元，共30752元",
    "共计13800000000元",
    "2019年12月31日至2020年1月15日",
    "2019-12-31 10:20:30",
    "面积138.5平方米，层高2.8米",
    "型号RTX4090、Q235钢、Q345B、奥迪Q5、IQ120",
    "GB 7718-2011标准，执行标准Q/ABC 0001S",
    "文号〔2018〕60148号",
    "楼盘备案号51011668610545",
    "条码6901234567892，批号20260101",
    "许可证SC10651010400123",
    "1、3、5、7、9、11、13、15栋都停水",
    "13、14、15、16、17、18号楼",
    "统一社会信用代码91510100MA6C123456",
    "微信支付，支付宝到账，微信群里说",
    "威信扫地，卫星导航，卫星电视",
    "QQ空间、QQ音乐，QQ群里",
    "在二号楼三层开了一家店",
    "3栋2单元电梯坏了",
    "天府大道100号的商场",
    "一二三四五六七八九十",
    "wifi密码，app下载，2024款iPhone15 Pro",
    "电压220V，功率1500W",
    "新A股上市，吉林C区",
    "打开www.gov.cn查询",
    "二〇二四年一月三日",
    "联系人很多，姓名不详",
    "A市B3区的I4县",
];

#[test]
fn disguises_are_covered() {
    let mut missed = Vec::new();
    for (kind, marked) in HIDDEN {
        let mut text = String::new();
        let (mut places, mut open, mut n) = (Vec::new(), 0, 0);
        for c in marked.chars() {
            match c {
                '⟦' => open = n,
                '⟧' => places.push((open, n)),
                _ => {
                    text.push(c);
                    n += 1;
                }
            }
        }
        let spans = find(&text);
        for (start, end) in places {
            let covered = |i| spans.iter().any(|s| s.start <= i && i < s.end);
            let named = spans
                .iter()
                .any(|s| s.kind == *kind && s.start < end && s.end > start);
            if !(start..end).all(covered) || !named {
                missed.push(format!("{marked} {spans:?}"));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn look_alikes_stay() {
    let touched: Vec<_> = STAY
        .iter()
        .map(|t| redact(t))
        .filter(|r| !r.spans.is_empty())
        .collect();
    assert!(touched.is_empty(), "{touched:#?}");
}

#[test]
fn words_stand_for_what_was_there() {
    let redacted = redact("我叫李四，电话①39 0000 1234，微信zs_12345。");
    assert_eq!(
        redacted.text,
        "我叫〔姓名〕，电话〔手机号〕，微信〔微信号〕。"
    );
    assert_eq!(redact(&redacted.text).text, redacted.text);
}

proptest::proptest! {
    #[test]
    fn any_text_is_cut_at_its_characters(text in "[0-9①⑩ 一二三个零qv@.川A号栋室oO:+\u{200b}\u{fe0f}微信a-z]{0,60}") {
        let redacted = redact(&text);
        let n = text.chars().count();
        let mut last = 0;
        for s in &redacted.spans {
            proptest::prop_assert!(last <= s.start && s.start < s.end && s.end <= n);
            last = s.end;
        }
    }
}
