//! The other side 经营者: it is invited to answer a complaint without an account, and gets its own copies of the
//! notices. Owns the words of both; nothing of a report ever comes here. Pure but for `flow`.

pub mod flow;

use crate::kernel::words::words;

words! {
    /// Way on which a trader was told 告知经营者的方式 (rules §5: forms 5 to 8 may be given by any of these).
    Way {
        Handed = "handed", "当面交给";
        Letter = "letter", "邮寄";
        Phone = "phone", "电话告知";
        Mail = "mail", "电子邮件";
        Sms = "sms", "短信";
        /// Nobody is there any more to be told (C-29(7)), or nobody can be reached.
        Nobody = "nobody", "无法告知";
    }
}

impl Way {
    /// Whether the program sends it, instead of the handler saying that it was done.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Mail | Self::Sms)
    }
}
