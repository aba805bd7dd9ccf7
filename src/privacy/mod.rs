//! Personal data 个人信息: sealing it in the store, finding it in free text, showing little of it. Owns the purposes
//! for which something is sealed; knows no SQL, no HTTP, no clock and no randomness of its own (P-15, P-16).

pub mod detect;
pub mod keys;
pub mod mask;
pub mod retention;
pub mod seal;
pub mod vault;

pub use keys::KeyRing;
pub use seal::{SealError, Sealed, Sealer};

use crate::kernel::words::words;

words! {
    /// What a sealed value is for 用途. Each purpose has its own key, so a value of one never opens as another.
    Purpose {
        Contact = "contact", "联系方式";
        Narrative = "narrative", "诉求内容";
        Message = "message", "留言";
        Draft = "draft", "草稿";
        Totp = "totp", "动态口令";
        AccessLog = "access_log", "访问日志";
        Blob = "blob", "附件";
        Reward = "reward", "奖励信息";
        Notice = "notice", "文书";
        Import = "import", "导入原文";
        Account = "account", "账户";
        Receipt = "receipt", "回执";
        Audit = "audit", "留痕理由";
        Alert = "alert", "风险预警的处理";
        Trader = "trader", "经营者答复";
        Note = "note", "内部备注";
        Party = "party", "共同投诉人和代理人";
        DeskForm = "desk_form", "工作台表单";
        View = "view", "保存的视图";
    }
}

words! {
    /// How values are sealed 加密套件; both stay readable and may be mixed in one table (P-15).
    Suite {
        Aes256Gcm = "aes256gcm", "AES-256-GCM";
        Sm4Gcm = "sm4gcm", "SM4-GCM（国密）";
    }
}

impl Suite {
    /// The byte that names the suite in an envelope.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Aes256Gcm => 1,
            Self::Sm4Gcm => 2,
        }
    }

    /// The suite with this byte.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Aes256Gcm),
            2 => Some(Self::Sm4Gcm),
            _ => None,
        }
    }
}

words! {
    /// A column that is looked up by a keyed hash 盲索引; each has its own key, so equal values in two columns cannot
    /// be matched (P-16).
    IndexColumn {
        Phone = "phone", "电话";
        Id = "id", "证件号码";
        Address = "address", "地址";
        Email = "email", "电子邮箱";
        Name = "name", "姓名";
        Bank = "bank", "银行账号";
        Order = "order", "订单号";
        Net = "net", "来源网络";
        Resume = "resume", "续填码";
        Trader = "trader", "商家";
        Goods = "goods", "商品";
        Text = "text", "文字";
        FormToken = "form_token", "表单令牌";
    }
}
