//! The handlers of the steps that came after acceptance and verification: read the form, call the flow. What each form
//! looks like stands in `case_acts` and `case_more`.

use super::case::{Sent, after, step};
use crate::{
    casework::{Verb, flow},
    error::Error,
    web::ctx::{Answer, Ctx, Pairs},
};
use axum::extract::Path;
use uuid::Uuid;

step! {
    /// `POST …/refusal-approve`: the second person; the notice goes out.
    refusal_approve, Verb::RefusalApprove, |app, actor, number, sent| {
        flow::decide_refusal(app, actor, number, sent.version, None)
    }
}
step! {
    /// `POST …/refusal-back`.
    refusal_back, Verb::RefusalBack, |app, actor, number, sent| {
        flow::decide_refusal(app, actor, number, sent.version, Some(&sent.text))
    }
}
step! {
    /// `POST …/materials`: what, and by which day.
    materials, Verb::Materials, |app, actor, number, sent| {
        flow::request_materials(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/materials-done`.
    materials_done, Verb::MaterialsDone, |app, actor, number, sent| {
        flow::received_materials(app, actor, number, sent.version)
    }
}
step! {
    /// `POST …/mediate`.
    mediate, Verb::Mediate, |app, actor, number, sent| {
        flow::mediate(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/suspend`.
    suspend, Verb::Suspend, |app, actor, number, sent| {
        flow::suspend(app, actor, number, sent.version, sent.choice)
    }
}
step! {
    /// `POST …/resume`.
    resume, Verb::Resume, |app, actor, number, sent| flow::resume(app, actor, number, sent.version)
}
step! {
    /// `POST …/agree`.
    agree, Verb::Agree, |app, actor, number, sent| {
        flow::agree(app, actor, number, sent.version, sent.choice, &sent.text, &sent.amount)
    }
}
step! {
    /// `POST …/terminate`.
    terminate, Verb::Terminate, |app, actor, number, sent| {
        flow::terminate(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/no-authority`.
    no_authority, Verb::NoAuthority, |app, actor, number, sent| {
        flow::no_authority(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/duplicate`.
    duplicate, Verb::Duplicate, |app, actor, number, sent| {
        flow::duplicate(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/file`.
    file, Verb::File, |app, actor, number, sent| flow::file(app, actor, number, sent.version)
}
step! {
    /// `POST …/not-file`.
    not_file, Verb::NotFile, |app, actor, number, sent| {
        flow::not_file(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/investigate`.
    investigate, Verb::Investigate, |app, actor, number, sent| {
        flow::investigate(app, actor, number, sent.version)
    }
}
step! {
    /// `POST …/decide`.
    decide, Verb::Decide, |app, actor, number, sent| {
        flow::decide(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/extend`: asks; a second person decides.
    extend, Verb::Extend, |app, actor, number, sent| {
        flow::ask_extension(app, actor, number, sent.version, sent.choice, sent.extra("minutes"), &sent.text)
    }
}
step! {
    /// `POST …/extension-grant`.
    extension_grant, Verb::ExtensionGrant, |app, actor, number, sent| {
        flow::decide_extension(app, actor, number, sent.version, None)
    }
}
step! {
    /// `POST …/extension-deny`.
    extension_deny, Verb::ExtensionDeny, |app, actor, number, sent| {
        flow::decide_extension(app, actor, number, sent.version, Some(&sent.text))
    }
}
step! {
    /// `POST …/reopen-grant`.
    reopen_grant, Verb::ReopenGrant, |app, actor, number, sent| {
        flow::decide_reopening(app, actor, number, sent.version, true, &sent.text)
    }
}
step! {
    /// `POST …/reopen-decline`.
    reopen_decline, Verb::ReopenDecline, |app, actor, number, sent| {
        flow::decide_reopening(app, actor, number, sent.version, false, &sent.text)
    }
}
step! {
    /// `POST …/extension-revoke`.
    extension_revoke, Verb::ExtensionRevoke, |app, actor, number, sent| {
        flow::revoke_extension(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/issue`: form 8 after a withdrawal or a settlement.
    issue, Verb::Issue, |app, actor, number, sent| flow::issue(app, actor, number, sent.version)
}
step! {
    /// `POST …/close`.
    close, Verb::Close, |app, actor, number, sent| {
        flow::close(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/tell`: how far a report is, where a law says so.
    tell, Verb::Tell, |app, actor, number, sent| {
        flow::tell(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/carry`: a report goes on although its reporter would like to take it back.
    carry, Verb::Carry, |app, actor, number, sent| {
        flow::carry_on(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/co-add`: which department, what for, by when.
    co_add, Verb::CoAdd, |app, actor, number, sent| {
        flow::co_add(app, actor, number, sent.version, (sent.choice, sent.date), &sent.text)
    }
}
step! {
    /// `POST …/co-due`.
    co_due, Verb::CoDue, |app, actor, number, sent| {
        flow::co_due(app, actor, number, sent.version, (sent.choice, sent.date), &sent.text)
    }
}
step! {
    /// `POST …/co-remove`.
    co_remove, Verb::CoRemove, |app, actor, number, sent| {
        flow::co_remove(app, actor, number, sent.version, sent.choice, &sent.text)
    }
}
step! {
    /// `POST …/co-done`: what came of a co-handler's task.
    co_done, Verb::CoDone, |app, actor, number, sent| {
        flow::co_done(app, actor, number, sent.version, &sent.text)
    }
}
step! {
    /// `POST …/assign`: who of the department handles the case, "none" for nobody.
    assign, Verb::Assign, |app, actor, number, sent| async {
        let to = match sent.choice {
            "none" => None,
            id => Some(Uuid::try_parse(id).map_err(|_| {
                Error::field("choice", "unknown_value", "请从本部门的人里选择")
            })?),
        };
        flow::assign(app, actor, number, sent.version, to).await
    }
}
