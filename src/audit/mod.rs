//! The audit trail 留痕: what was looked at and done at the desk, as a hash chain (P-11, P-14). This file owns the one
//! byte form of a line, the chain over lines and what can be wrong with it; pure. A line is written with its own hash
//! in the transaction of the act; a sealer links committed lines afterwards, so that no request waits for the head.
//!
//! What the chain shows: no sealed line was changed, removed, put elsewhere or slipped in between. Who can write to the
//! database could still make the whole chain anew; the signed anchor of each day shows that.

pub mod flow;
#[cfg(test)]
mod tests;

use crate::{casework::EventKind, kernel::words::words};
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// First bytes of a line's canonical form; a new layout gets a new version.
const LINE: &[u8] = b"minsheng-audit-line-v1\n";
/// First bytes of what a link hashes.
const LINK: &[u8] = b"minsheng-audit-link-v1\n";
/// First bytes of what an anchor signs.
const ANCHOR: &[u8] = b"minsheng-audit-anchor-v1\n";
/// How far behind the newest sealed line the sealer looks for lines that were committed late.
const LATE_MS: u128 = 15 * 60 * 1000;

/// SHA-256.
pub type Hash = [u8; 32];

words! {
    /// What is noted beside the steps of a case, which have the codes of [`EventKind`].
    Deed {
        SignIn = "sign_in", "登录";
        SignInFailed = "sign_in_failed", "登录失败";
        SignOut = "sign_out", "退出";
        SessionEnd = "session_end", "让其他设备退出";
        FactorEnrol = "factor_enrol", "绑定动态口令";
        CaseView = "case_view", "查看案件";
        NoticePaper = "notice_paper", "打开文书";
        RevealContact = "reveal_contact", "查看联系方式";
        Register = "register", "登记来电来访";
        RegisterPaper = "register_paper", "打开登记回执和登记表";
        ReporterAsk = "reporter_ask", "申请查看举报人身份";
        ReporterGrant = "reporter_grant", "批准查看举报人身份";
        ReporterDeny = "reporter_deny", "不批准查看举报人身份";
        ReporterRevoke = "reporter_revoke", "收回查看举报人身份的批准";
        ReporterWithdraw = "reporter_withdraw", "撤回查看举报人身份的申请";
        ReporterView = "reporter_view", "查看举报人身份";
        InsiderView = "insider_view", "核对内部举报";
        NoteAdd = "note_add", "写内部备注";
        CaseLink = "case_link", "关联案件";
        CaseUnlink = "case_unlink", "解除关联";
        CaseSplit = "case_split", "从投诉拆出举报";
        Recuse = "recuse", "声明回避";
        RecusalAsked = "recusal_asked", "申请回避";
        RecusalDecided = "recusal_decided", "决定回避申请";
        ConsentRecord = "consent_record", "登记被代表人的同意";
        RepresentativeChange = "representatives", "更换代表人";
        PapersShown = "papers_shown", "登记材料已出示";
        AlertView = "alert_view", "查看风险预警";
        AlertSeen = "alert_seen", "确认风险预警";
        AlertDefect = "alert_defect", "标记缺陷线索";
        AlertClose = "alert_close", "结束风险预警";
        EvidenceOriginal = "evidence_original", "打开凭证原件";
        EvidenceReleaseAsk = "evidence_release_ask", "申请放行凭证";
        EvidenceRelease = "evidence_release", "同意放行凭证";
        EvidenceReleaseDeny = "evidence_release_deny", "不同意放行凭证";
        JobAgain = "job_again", "重新发送提醒";
        RuleSave = "rule_save", "修改分派规则";
        CalendarLoad = "calendar_load", "载入放假安排";
        StaffAdd = "staff_add", "新增人员";
        StaffDisable = "staff_disable", "停用人员";
        StaffReset = "staff_reset", "重置密码";
        TokenAdd = "token_add", "新增接口令牌";
        TokenRevoke = "token_revoke", "作废接口令牌";
        AuditView = "audit_view", "查看留痕理由";
        AuditExport = "audit_export", "导出留痕";
        FiguresExport = "figures_export", "导出统计";
        CasesExport = "cases_export", "导出案件清单";
        Export12315 = "export_12315", "报送12315平台";
        Number12315 = "number_12315", "登记12315编号";
    }
}

/// The Chinese word of an act's code; the code itself when nothing knows it.
#[must_use]
pub fn label(act: &str) -> &str {
    Deed::from_code(act)
        .map(Deed::label)
        .or_else(|| EventKind::from_code(act).map(EventKind::label))
        .unwrap_or(act)
}

/// A line, as it is hashed.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Its id.
    pub id: Uuid,
    /// When, to the microsecond.
    pub at: OffsetDateTime,
    /// Who.
    pub staff: Option<Uuid>,
    /// What.
    pub act: &'a str,
    /// On which case.
    pub case: Option<Uuid>,
    /// Facts.
    pub detail: &'a str,
    /// The sealed reason.
    pub reason: Option<&'a [u8]>,
}

impl Line<'_> {
    /// The one byte form: fixed fields plain, the others with their length before them, absent ones marked.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        fn field(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
            let Some(bytes) = bytes else {
                out.push(0);
                return;
            };
            out.push(1);
            out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            out.extend_from_slice(bytes);
        }
        let mut out = LINE.to_vec();
        out.extend_from_slice(self.id.as_bytes());
        out.extend_from_slice(&(self.at.unix_timestamp_nanos() / 1000).to_be_bytes());
        field(&mut out, self.staff.as_ref().map(|s| &s.as_bytes()[..]));
        field(&mut out, Some(self.act.as_bytes()));
        field(&mut out, self.case.as_ref().map(|c| &c.as_bytes()[..]));
        field(&mut out, Some(self.detail.as_bytes()));
        field(&mut out, self.reason);
        out
    }

    /// The line's own hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.canonical()).into()
    }
}

/// A place in the chain: how many lines are linked, and the hash over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of the last link; the first has 1.
    pub seq: i64,
    /// Its hash.
    pub link: Hash,
}

impl Head {
    /// Before the first line.
    pub const START: Self = Self {
        seq: 0,
        link: [0; 32],
    };

    /// The head after one more line.
    #[must_use]
    pub fn next(self, row: &Hash) -> Self {
        let seq = self.seq.saturating_add(1);
        let mut hash = Sha256::new();
        hash.update(LINK);
        hash.update(self.link);
        hash.update(row);
        hash.update(seq.to_be_bytes());
        Self {
            seq,
            link: hash.finalize().into(),
        }
    }

    /// What the anchor of a day signs.
    #[must_use]
    pub fn anchor(&self, day: Date) -> Vec<u8> {
        let mut out = ANCHOR.to_vec();
        out.extend_from_slice(&day.to_julian_day().to_be_bytes());
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.link);
        out
    }

    /// Walks one link on: the head after it, or what is wrong with it.
    ///
    /// # Errors
    /// The first [`Fault`] of the link.
    pub fn check(self, link: &Linked<'_>) -> Result<Self, Fault> {
        let next = self.next(&link.row_hash);
        if link.seq != next.seq {
            return Err(Fault::Gap(next.seq, link.seq));
        }
        let Some(line) = &link.line else {
            return Err(Fault::Missing(link.seq));
        };
        // the hash that came with the line, where it has one, and the line as it is now
        if link.written.is_some_and(|w| w != link.row_hash) || line.hash() != link.row_hash {
            return Err(Fault::Changed(link.seq, line.id));
        }
        if link.link_hash != next.link {
            return Err(Fault::Broken(link.seq, line.id));
        }
        Ok(next)
    }
}

/// A stored link with the line that it seals.
#[derive(Debug, Clone, Copy)]
pub struct Linked<'a> {
    /// Its number.
    pub seq: i64,
    /// The line's hash when it was linked.
    pub row_hash: Hash,
    /// The hash over everything up to here.
    pub link_hash: Hash,
    /// The line as it is now, `None` when it is gone.
    pub line: Option<Line<'a>>,
    /// The hash that the line was written with.
    pub written: Option<Hash>,
}

/// What is wrong with a chain, at the first place where something is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A link is missing.
    #[error("seq {0}: the link is missing (the next one is seq {1})")]
    Gap(i64, i64),
    /// A line is missing.
    #[error("seq {0}: the line that it seals is missing")]
    Missing(i64),
    /// A line is not what it was.
    #[error("seq {0}: the line {1} was changed")]
    Changed(i64, Uuid),
    /// A link does not continue the one before it.
    #[error("seq {0}: the link of the line {1} does not continue the chain")]
    Broken(i64, Uuid),
    /// An anchor says something else.
    #[error("the anchor of {0} does not fit seq {1}")]
    Anchor(Date, i64),
    /// An anchor lies behind the end.
    #[error("the anchor of {0} seals seq {1}, but the chain ends at seq {2}")]
    Cut(Date, i64, i64),
}

/// The smallest id at which the sealer begins to look: some minutes before the newest sealed line, counted from `now`
/// (an id made this moment) when that line's clock ran ahead. `None`: nothing is sealed yet.
#[must_use]
pub fn floor(newest: Option<Uuid>, now: Uuid) -> Uuid {
    let ms = |id: Uuid| id.as_u128() >> 80;
    newest.map_or(Uuid::nil(), |newest| {
        Uuid::from_u128(ms(newest).min(ms(now)).saturating_sub(LATE_MS) << 80)
    })
}
