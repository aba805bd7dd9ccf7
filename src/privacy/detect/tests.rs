//! Invented examples of every kind, and of what must stay.

use super::{PiiKind, Titles, find, find_with_names, redact};

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
    (
        PiiKind::Mobile,
        "⟦yī sān jiǔ líng líng líng líng yī èr sān sì⟧",
    ),
    (
        PiiKind::Mobile,
        "tel ⟦one-three-nine-six-zero-zero-zero-one-two-three-four⟧",
    ),
    (PiiKind::Mobile, "电话⟦139（删掉括号）0000（删掉）1234⟧"),
    (
        PiiKind::Mobile,
        "⟦139（前三位）\n0000（中间）\n1234⟧（微信同号）",
    ),
    (PiiKind::Mobile, "我的是前面⟦139，中间0000，后面1234⟧"),
    (PiiKind::Mobile, "号码倒过来念：⟦43210000931⟧"),
    (PiiKind::Mobile, "⟦๑๓๙๐๐๐๐๑๒๓๔⟧"),
    (PiiKind::Mobile, "⟦🯱🯳🯹🯰🯰🯰🯰🯱🯲🯳🯴⟧"),
    (PiiKind::Mobile, "手机⟦“139”“0000”“1234”⟧"),
    (PiiKind::Mobile, "⟦衣伞酒灵灵灵灵衣儿伞死⟧（微信同号）"),
    (
        PiiKind::Mobile,
        "⟦【1】【3】【9】【0】【0】【0】【0】【1】【2】【3】【4】⟧",
    ),
    (PiiKind::Landline, "电话⟦(028)61234567⟧"),
    (PiiKind::ResidentId, "身份证⟦510104出生19800101尾号0018⟧"),
    (PiiKind::BankCard, "⟦[6222][0000][0000][0000][123]⟧是我的卡"),
    (PiiKind::Plate, "⟦川A【12345】⟧"),
    (PiiKind::Plate, "⟦川（A）12345⟧"),
    (PiiKind::Plate, "⟦川A点12345⟧"),
    (PiiKind::Email, "⟦lisi_at_163_dot_com⟧"),
    (PiiKind::Email, "⟦lisi圈圈aqq*com⟧"),
    (PiiKind::Email, "⟦lisi(艾特)sina.cn⟧"),
    (PiiKind::Email, "⟦lisi «at» foxmail{dot}com⟧"),
    (PiiKind::Wechat, "维芯：⟦zs_12345⟧"),
    (PiiKind::Wechat, "微.信.号 ⟦zs12345⟧"),
    (PiiKind::Wechat, "wēi xìn号：⟦zs12345⟧"),
    (PiiKind::Wechat, "w❤x是⟦zs12345⟧"),
    (PiiKind::Wechat, "💚⟦zs12345⟧"),
    (PiiKind::Wechat, "加绿色软件⟦zs12345⟧"),
    (PiiKind::Wechat, "薇芯⟦zsf八八六六⟧"),
    (PiiKind::Qq, "扣Q：⟦123 456 78⟧"),
    (PiiKind::Qq, "企俄号⟦1.2.3.4.5.6.7.8⟧"),
    (PiiKind::Qq, "qq号⟦yi er san si wu liu qi ba⟧"),
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
    "文号川市监〔2023〕830号，税号915101041234567890",
    "学费3984、2432、9468、4519元",
    "微信支付1088元后没到账，微信群里有356人",
    "扣了500000积分，加微波炉一台，加V3会员",
    "航班CA1234，车次G8502，ISBN 978-7-5086-1234-5",
    "川（2020）成都市不动产权第0123456号",
    "威信很高，卫星电视88频道，维新路口",
    "13800，13900，14000三种价位",
    "经度104.065712，纬度30.674512",
    "体温36.8，血压135/85，限速40、60、80、100",
    "净含量500g×24袋，尺寸600*450*1200mm",
    "一三五七九单号限行，二四六八双号",
    "前三位和后四位都看不清，IP地址192.168.1.100",
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

#[test]
fn names_stand_beside_what_patterns_find() {
    let text = "我叫张建国，电话139\u{200b}0000 1234，刘\u{200b}秀英是我邻居。";
    let spans = find_with_names(text, Titles::Stay);
    let found: Vec<(String, PiiKind)> = spans
        .iter()
        .map(|s| {
            (
                text.chars().skip(s.start).take(s.end - s.start).collect(),
                s.kind,
            )
        })
        .collect();
    let has = |word: &str, kind| found.iter().any(|(w, k)| w == word && *k == kind);
    assert!(
        has("张建国", PiiKind::Name) && has("刘\u{200b}秀英", PiiKind::Name),
        "{found:?}"
    );
    assert!(has("139\u{200b}0000 1234", PiiKind::Mobile), "{found:?}");
}

proptest::proptest! {
    #[test]
    fn redacting_twice_changes_nothing_more(text in "[0-9①⑩ 一二三个零qv@.川A号栋室oO:+加微信a-z，]{0,60}") {
        let once = redact(&text).text;
        proptest::prop_assert_eq!(redact(&once).text, once);
    }

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
