//! The handlers of the steps by which a case leaves the department or something happens beside it: read the form, call the
//! flow. What each form looks like stands in `case_away` and `case_beside`.

use super::case::{Sent, after, step};
use crate::{
    casework::{
        Verb,
        flow::{self, Away, CrimeReport, CrimeStep},
    },
    web::ctx::{Answer, Ctx, Pairs},
};
use axum::extract::Path;

fn away<'a>(sent: &'a Sent<'_>) -> Away<'a> {
    Away {
        authority: sent.extra("authority"),
        contact: sent.extra("contact"),
        reason: &sent.text,
    }
}

step! {
    /// `POST …/merge`: into an earlier report of the same reporter.
    merge, Verb::Merge, |app, actor, number, sent| {
        flow::merge(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/transfer`: proposes; a second person decides.
    transfer, Verb::Transfer, |app, actor, number, sent| {
        flow::ask_transfer(app, actor, number, sent.version, Verb::Transfer, away(&sent))
    }
}
step! {
    /// `POST …/hand-over`: food and farm produce.
    hand_over, Verb::HandOver, |app, actor, number, sent| {
        flow::ask_transfer(app, actor, number, sent.version, Verb::HandOver, away(&sent))
    }
}
step! {
    /// `POST …/transfer-approve`: the second person; notice and letter are made.
    transfer_approve, Verb::TransferApprove, |app, actor, number, sent| {
        flow::decide_transfer(app, actor, number, sent.version, None)
    }
}
step! {
    /// `POST …/transfer-deny`.
    transfer_deny, Verb::TransferDeny, |app, actor, number, sent| {
        flow::decide_transfer(app, actor, number, sent.version, Some(&sent.text))
    }
}
step! {
    /// `POST …/transfer-receipt`.
    transfer_receipt, Verb::TransferReceipt, |app, actor, number, sent| {
        flow::transfer_received(app, actor, number, sent.version, sent.extra("received_on"), &sent.text)
    }
}
step! {
    /// `POST …/transfer-returned`.
    transfer_returned, Verb::TransferReturned, |app, actor, number, sent| {
        flow::transfer_returned(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/dispute`.
    dispute, Verb::Dispute, |app, actor, number, sent| {
        flow::dispute(app, actor, number, sent.version, sent.extra("disputed_with"), &sent.text)
    }
}
step! {
    /// `POST …/dispute-refer`.
    dispute_refer, Verb::DisputeRefer, |app, actor, number, sent| {
        flow::noted(app, actor, number, sent.version, Verb::DisputeRefer, &sent.text)
    }
}
step! {
    /// `POST …/dispute-settle`.
    dispute_settle, Verb::DisputeSettle, |app, actor, number, sent| {
        flow::dispute_settle(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/crime-report`: proposes; the head decides.
    crime_report, Verb::CrimeReport, |app, actor, number, sent| {
        let report = CrimeReport {
            team: sent.extra("team").to_owned(),
            police: sent.extra("police").to_owned(),
            facts: sent.text.clone(),
        };
        flow::crime_report(app, actor, number, sent.version, report)
    }
}
step! {
    /// `POST …/crime-approve`: the head, another person than reported.
    crime_approve, Verb::CrimeApprove, |app, actor, number, sent| {
        flow::crime_decide(app, actor, number, sent.version, None)
    }
}
step! {
    /// `POST …/crime-deny`.
    crime_deny, Verb::CrimeDeny, |app, actor, number, sent| {
        flow::crime_decide(app, actor, number, sent.version, Some(&sent.text))
    }
}

/// Declares the handlers that record a step of the transfer to the police.
macro_rules! recorded {
    ($($name:ident $verb:ident $step:ident;)+) => {$(
        step! {
            /// `POST …`: recorded with a word for the file.
            $name, Verb::$verb, |app, actor, number, sent| {
                flow::crime_step(app, actor, number, sent.version, CrimeStep::$step, &sent.text)
            }
        }
    )+};
}

recorded! {
    crime_send CrimeSend Sent;
    police_accept PoliceAccept Accepted;
    police_refuse PoliceRefuse Refused;
    crime_review CrimeReview Review;
    review_refuse ReviewRefuse Upheld;
    crime_supervise CrimeSupervise Supervised;
    crime_goods CrimeGoods Goods;
    crime_end CrimeEnd Ended;
}

step! {
    /// `POST …/entrust`: another body mediates in the department's name.
    entrust, Verb::Entrust, |app, actor, number, sent| {
        flow::entrust(app, actor, number, sent.version, sent.choice, sent.extra("entrusted_to"), &sent.text)
    }
}
step! {
    /// `POST …/clue`: opens a report.
    clue, Verb::Clue, |app, actor, number, sent| {
        flow::clue(app, actor, number, sent.version, sent.extra("found_on"), &sent.text)
    }
}
step! {
    /// `POST …/call-back`.
    call_back, Verb::CallBack, |app, actor, number, sent| {
        flow::call_back(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/assist`.
    assist, Verb::Assist, |app, actor, number, sent| {
        flow::assist(app, actor, number, sent.version, sent.extra("asked_by"), &sent.text)
    }
}
step! {
    /// `POST …/assisted`.
    assisted, Verb::Assisted, |app, actor, number, sent| {
        flow::noted(app, actor, number, sent.version, Verb::Assisted, &sent.text)
    }
}
step! {
    /// `POST …/hotline-reply`.
    hotline_reply, Verb::HotlineReply, |app, actor, number, sent| {
        flow::noted(app, actor, number, sent.version, Verb::HotlineReply, &sent.text)
    }
}
