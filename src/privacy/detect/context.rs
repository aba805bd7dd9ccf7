//! Words around a number that tell what it is. Looked up only near candidates, so plain scans are fast enough.

use super::stream::Stream;

/// Whether one of the words starts in the `window` cells before `at` (and ends before it).
pub(super) fn before(stream: &Stream, at: usize, window: usize, words: &[&str]) -> bool {
    let from = at.saturating_sub(window);
    (from..at).any(|i| {
        words
            .iter()
            .any(|w| stream.word(i, w) && i + w.chars().count() <= at)
    })
}

/// Whether one of the words starts in the `window` cells from `at` on.
pub(super) fn after(stream: &Stream, at: usize, window: usize, words: &[&str]) -> bool {
    (at..at + window).any(|i| stream.any(i, words).is_some())
}

/// Somebody wants to be called.
pub(super) const CALL: &[&str] = &[
    "电话",
    "手机",
    "联系",
    "号码",
    "微信",
    "薇信",
    "威信",
    "v信",
    "vx",
    "wx",
    "打我",
    "打给",
    "题打",
    "拨打",
    "致电",
    "tel",
    "phone",
    "call",
    "短信",
    "找我",
    "同号",
    "加我",
    "加v",
    "加微",
    "我的号",
    "私聊",
    "本人号",
    "呼我",
    "dh",
    "sj",
    "电联",
    "来电",
    "座机",
    "固话",
    "☎",
    "📞",
    "📱",
    "号是",
    "号:",
];

/// The same, behind the number.
pub(super) const CALL_AFTER: &[&str] = &[
    "找我",
    "微信同",
    "联系",
    "同号",
    "打我",
    "微同",
    "加我",
    "随时",
    "来电",
    "回电",
    "同微",
    "同v",
    "call",
    "短信",
    "(微信",
    "(v",
];

/// A telephone that an office wants to be called on.
pub(super) const PUBLIC_BEFORE: &[&str] = &[
    "办公电话",
    "公开电话",
    "热线",
    "客服",
    "监督电话",
    "投诉电话",
    "举报电话",
    "服务电话",
    "值班电话",
    "咨询电话",
    "办公室电话",
    "官方电话",
    "报警电话",
    "局电话",
    "政府电话",
    "前台电话",
    "站电话",
    "所电话",
    "委电话",
    "院电话",
    "公司电话",
    "部门电话",
    "大厅电话",
    "中心电话",
    "维权电话",
    "总机",
];

/// The same, behind the number.
pub(super) const PUBLIC_AFTER: &[&str] = &[
    "政府公开",
    "公开电话",
    "热线",
    "客服",
    "官方电话",
    "办公电话",
];

/// A resident identity number.
pub(super) const IDENTITY: &[&str] = &[
    "身份证",
    "证件号",
    "公民身份",
    "sfz",
    "身份号",
    "证号",
    "shenfenzheng",
    "身分证",
    "id号",
    "id:",
    "份证",
];

/// A bank account.
pub(super) const BANK: &[&str] = &[
    "卡号",
    "银行",
    "账号",
    "帐号",
    "账户",
    "帐户",
    "工行",
    "农行",
    "建行",
    "中行",
    "招行",
    "交行",
    "邮储",
    "信用社",
    "储蓄",
    "打到",
    "打款",
    "转到",
    "汇到",
    "汇款",
    "收款",
    "退款",
    "转账",
    "卡:",
    "户名",
    "开户",
    "信合",
    "信用卡",
    "借记卡",
    "yhk",
    "打入",
    "存折",
    "农商",
];

/// A parcel or an order.
pub(super) const ORDER: &[&str] = &[
    "订单号",
    "订单编号",
    "订单",
    "运单",
    "快递单",
    "物流单",
    "单号",
    "快递号",
    "快递",
    "流水号",
    "交易号",
    "工单号",
    "工单",
    "交易单",
    "退货单",
    "物流",
    "取件码",
    "凭证号",
    "面单",
];

/// Numbers of things, not of people.
pub(super) const THING: &[&str] = &[
    "型号",
    "批号",
    "批次",
    "条码",
    "条形码",
    "备案号",
    "备案",
    "许可证",
    "信用代码",
    "执照",
    "税号",
    "文号",
    "标准",
    "编码",
    "注册号",
    "序列号",
    "产品号",
    "货号",
    "准字",
    "专利",
    "发票号",
    "发票代码",
];

/// Counted or paid behind a number.
pub(super) const UNIT: &[&str] = &[
    "元", "万", "亿", "吨", "%", "股", "平方", "公里", "块钱", "rmb", "美元",
];

/// Amounts in a row.
pub(super) const PRICE: &[&str] = &[
    "价", "费", "元", "分别", "工资", "金额", "读数", "收入", "支出", "面积", "数量", "共", "年",
];
