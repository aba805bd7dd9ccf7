//! Addresses down to the door 住址到户 and names beside a word that announces one. A road or a shop alone stays: the
//! office must know where something happened, not at whose door somebody lives.

use super::context;
use super::digits;
use super::stream::Stream;
use super::{Found, PiiKind};

const UNITS: &[&str] = &[
    "号楼", "单元", "号院", "号房", "栋", "幢", "座", "号", "楼", "层", "室", "户", "房", "组",
    "弄", "门", "社", "队",
];
const HOUSE: &[&str] = &["号楼", "单元", "栋", "幢", "座"];
const HOME: &[&str] = &[
    "家住",
    "住在",
    "住址",
    "家庭地址",
    "收货地址",
    "我住",
    "本人住",
    "户籍",
    "现住",
    "居住",
    "寄到",
    "家在",
    "联系地址",
    "通讯地址",
    "收件地址",
    "我家",
    "送到",
];

/// Adds addresses.
pub(super) fn find_addresses(stream: &Stream, found: &mut Found) {
    let mut i = 0;
    while i < stream.len() {
        let c = stream.at(i);
        let begins = c.is_ascii_digit()
            || digits::chinese(c).is_some()
            || c == '十'
            || (c.is_ascii_alphabetic() && !stream.before(i).is_ascii_alphanumeric());
        if !begins || found.taken[i] {
            i += 1;
            continue;
        }
        match chain(stream, i) {
            Some(Chain { end, room, door }) => {
                let start = back(stream, i, found);
                let home = context::before(stream, start + 1, 8, HOME)
                    || context::before(stream, i, 30, HOME) && same_clause(stream, i);
                if (room || door && home) && start < i + 1 {
                    found.add(start, end, PiiKind::Address);
                }
                i = end;
            }
            None => i = number(stream, i).max(i + 1),
        }
    }
}

fn same_clause(stream: &Stream, at: usize) -> bool {
    let from = at.saturating_sub(30);
    let cut = (from..at)
        .rev()
        .find(|i| matches!(stream.at(*i), '。' | '!' | '?' | ';' | '\n'))
        .unwrap_or(from);
    context::before(stream, at, at - cut, HOME)
}

/// The end of a house number such as 12, A3, 十二, 3-2-501.
fn number(stream: &Stream, at: usize) -> usize {
    let mut end = at;
    while end < stream.len() {
        let c = stream.at(end);
        let inner = matches!(c, '-' | '一') && end > at && stream.at(end + 1).is_ascii_digit();
        if c.is_ascii_alphanumeric()
            || digits::chinese(c).is_some()
            || matches!(c, '十' | '百')
            || inner
        {
            end += 1;
        } else {
            break;
        }
    }
    end
}

/// Numbers and units in turn.
struct Chain {
    end: usize,
    /// It names a room in a house.
    room: bool,
    /// It would find a household when a person says to live there.
    door: bool,
}

/// The chain from `at` on.
fn chain(stream: &Stream, at: usize) -> Option<Chain> {
    if matches!(stream.before(at), '月' | '〕' | ']' | '】' | '第') {
        return None;
    }
    let mut here = at;
    let (mut parts, mut house, mut room, mut door) = (0, false, false, false);
    let mut end = at;
    loop {
        let from = blank(stream, here);
        let stop = number(stream, from);
        let digits = stop - from;
        if digits == 0 || digits > 12 {
            break;
        }
        let dashes = stream.chars()[from..stop]
            .iter()
            .filter(|c| **c == '-')
            .count();
        let unit = blank(stream, stop);
        match UNITS.iter().find(|u| stream.word(unit, u)) {
            Some(u) => {
                let n = u.chars().count();
                // 3号线, 5号晚上, 2楼盘 are no doors.
                if *u == "号"
                    && matches!(
                        stream.at(unit + 1),
                        '线' | '文' | '令' | '晚' | '上' | '下' | '早' | '凌' | '起' | '前' | '后'
                    )
                {
                    break;
                }
                let after = stream.at(unit + n);
                if *u == "户" && after == '型' {
                    break;
                }
                room |= matches!(*u, "室" | "号房" | "房") && parts > 0 && digits <= 7;
                room |= house && *u == "号";
                room |= dashes > 0 && parts > 0 && matches!(*u, "号" | "室" | "房");
                door |= matches!(*u, "号" | "室" | "号房" | "组" | "单元" | "门");
                house |= HOUSE.contains(u);
                parts += 1;
                here = unit + n;
                end = here;
            }
            None => {
                let bare = (house && (2..=8).contains(&digits))
                    || (dashes >= 2 && parts + digits > 4)
                    || (parts > 0 && dashes >= 1);
                let dated = matches!(
                    stream.at(stop),
                    '年' | '月'
                        | '日'
                        | '元'
                        | '人'
                        | '万'
                        | '平'
                        | '米'
                        | '户'
                        | '%'
                        | '多'
                        | '余'
                        | '.'
                        | '/'
                        | '个'
                        | '家'
                        | '套'
                        | '层'
                        | '间'
                        | '栋'
                        | '亩'
                        | '名'
                        | '块'
                        | '次'
                );
                if bare && !dated {
                    room = true;
                    parts += 1;
                    end = stop;
                }
                break;
            }
        }
    }
    (parts > 0).then_some(Chain {
        end,
        room: room && parts >= 2,
        door,
    })
}

fn blank(stream: &Stream, at: usize) -> usize {
    at + usize::from(matches!(stream.at(at), ' ' | '-' | '附') && at < stream.len())
}

/// Where the name of the road or the estate before a house number starts.
fn back(stream: &Stream, at: usize, found: &Found) -> usize {
    let mut start = at;
    while start > 0 && at - start < 24 && !found.taken[start - 1] {
        let c = stream.at(start - 1);
        let word = c.is_ascii_alphanumeric() || ('\u{4e00}'..='\u{9fff}').contains(&c) || c == '·';
        if !word
            || "住在址于是到我的寄送了为被给叫向从和与及请让把对有因就但你他她这那即说".contains(c)
        {
            break;
        }
        start -= 1;
    }
    start
}

const ANNOUNCE: &[&str] = &[
    "姓名",
    "联系人",
    "收货人",
    "收件人",
    "我叫",
    "本人叫",
    "户名",
    "投诉人",
    "举报人",
    "名叫",
    "申请人",
    "反映人",
    "机主",
    "持卡人",
    "开户名",
    "本人姓名",
];
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由";

/// Adds names that a word announces.
pub(super) fn find_names(stream: &Stream, found: &mut Found) {
    for i in 0..stream.len() {
        let c = stream.at(i);
        if c < '\u{4e00}' || !"姓联收我本户投举名申反机持开".contains(c) {
            continue;
        }
        let Some(n) = stream.any(i, ANNOUNCE) else {
            continue;
        };
        let mut at = i + n;
        let mut sign = false;
        while matches!(stream.at(at), ':' | ' ' | '是' | '为' | '叫')
            && at < stream.len()
            && at < i + n + 4
        {
            sign |= stream.at(at) != ' ';
            at += 1;
        }
        let spoken = matches!(c, '我' | '本' | '名');
        if !(sign || spoken) || !SURNAMES.contains(stream.at(at)) || at >= stream.len() {
            continue;
        }
        let mut end = at + 1;
        while end - at < 3
            && ('\u{4e00}'..='\u{9fff}').contains(&stream.at(end))
            && !"的是在电手身今家住于来有年女男我先和，性联现地".contains(stream.at(end))
        {
            end += 1;
        }
        if end - at >= 2 {
            found.add(at, end, PiiKind::Name);
        }
    }
}
