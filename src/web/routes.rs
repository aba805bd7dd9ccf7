//! Every route in one list: method, path, who may come, which limit counts it. A test walks the list with every role.

use super::{api, desk, file, home, ops, receipt, respond, statics, track, upload};
use crate::{app::App, kernel::access::Act, limits::Op};
use axum::routing::{MethodRouter, get, post};

/// Who may come through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Everybody.
    Public,
    /// A person who gave the password and still lacks the second factor (or has both).
    Half,
    /// A person at the desk whose role may do this.
    Desk(Act),
    /// A machine with a token.
    Token,
}

/// One route.
#[derive(Debug)]
pub struct Route {
    /// GET (with HEAD) or POST.
    pub method: &'static str,
    /// Path with parameters.
    pub path: &'static str,
    /// Who may come.
    pub gate: Gate,
    /// The limit that counts it.
    pub op: Op,
    /// Compressed: no secret and no reflected input on it.
    pub compress: bool,
}

macro_rules! table {
    ($($method:ident $path:literal $gate:expr, $op:ident $(, $zip:ident)? => $handler:path;)+) => {
        /// The list, for the router and the tests.
        pub static ROUTES: &[Route] = &[$(Route {
            method: stringify!($method), path: $path, gate: $gate, op: Op::$op, compress: table!(@zip $($zip)?),
        },)+];

        /// The list with its handlers.
        #[must_use]
        pub fn all() -> Vec<(&'static Route, MethodRouter<App>)> {
            let handlers: Vec<MethodRouter<App>> = vec![$(table!(@verb $method)($handler),)+];
            ROUTES.iter().zip(handlers).collect()
        }
    };
    (@verb GET) => { get };
    (@verb POST) => { post };
    (@zip) => { false };
    (@zip zip) => { true };
}

use Gate::{Desk, Half, Public, Token};

table! {
    GET "/" Public, Page, zip => home::home;
    GET "/guide" Public, Page, zip => home::guide;
    GET "/guide/{code}" Public, Page, zip => home::elsewhere;
    GET "/privacy" Public, Page, zip => home::privacy;
    GET "/accessibility" Public, Page, zip => home::accessibility;
    POST "/senior" Public, Page => home::senior;
    GET "/static/{name}" Public, Page, zip => statics::file;
    GET "/favicon.ico" Public, Page => home::favicon;
    GET "/robots.txt" Public, Page => home::robots;

    GET "/file" Public, Page, zip => file::start;
    POST "/file" Public, Draft => file::begin;
    GET "/file/complaint" Public, Page, zip => file::start_complaint;
    GET "/file/report" Public, Page, zip => file::start_report;
    GET "/file/resume" Public, Page, zip => file::resume_form;
    POST "/file/resume" Public, Track => file::resume;
    POST "/file/discard" Public, Draft => file::discard;
    GET "/file/check" Public, Page => file::check;
    POST "/file/check" Public, Submit => file::send;
    GET "/file/receipt" Public, Receipt => receipt::show;
    POST "/file/receipt/done" Public, Page => receipt::done;
    GET "/file/receipt/{name}" Public, Receipt => receipt::picture;
    GET "/file/elsewhere" Public, Page => file::elsewhere;
    POST "/file/files" Public, Upload => file::take_files;
    POST "/file/upload" Public, Upload => upload::begin::<file::Wizard>;
    GET "/file/upload/{id}" Public, Upload => upload::status::<file::Wizard>;
    POST "/file/upload/{id}" Public, Upload => upload::append::<file::Wizard>;
    POST "/file/upload/{id}/remove" Public, Upload => upload::remove::<file::Wizard>;
    GET "/file/{step}" Public, Page => file::step;
    POST "/file/{step}" Public, Draft => file::save;
    POST "/file/{step}/auto" Public, Draft => file::autosave;

    GET "/receipt/verify" Public, Page => receipt::verify_form;
    POST "/receipt/verify" Public, Page => receipt::verify;
    GET "/receipt/keys" Public, Page => receipt::keys;

    GET "/track" Public, Page, zip => track::form;
    POST "/track" Public, Track => track::open;
    GET "/track/case" Public, Page => track::case;
    GET "/track/notice/{id}" Public, Page => track::notice::show;
    POST "/track/message" Public, Message => track::message;
    POST "/track/recusal" Public, Message => track::recusal::apply;
    POST "/track/urge" Public, Message => track::urge::urge;
    POST "/track/rate" Public, Message => track::afterwards::rate;
    POST "/track/reopen" Public, Message => track::afterwards::reopen;
    POST "/track/withdraw" Public, Message => track::withdraw;
    GET "/track/offer" Public, Page => track::trader::offer;
    POST "/track/offer" Public, Message => track::trader::decide;
    POST "/track/files" Public, Upload => track::add_files;
    POST "/track/upload" Public, Upload => upload::begin::<track::Tracked>;
    GET "/track/upload/{id}" Public, Upload => upload::status::<track::Tracked>;
    POST "/track/upload/{id}" Public, Upload => upload::append::<track::Tracked>;
    POST "/track/upload/{id}/remove" Public, Upload => upload::remove::<track::Tracked>;
    POST "/track/leave" Public, Page => track::leave;

    GET "/respond" Public, Page, zip => respond::form;
    POST "/respond" Public, Respond => respond::open;
    GET "/respond/case" Public, Page => respond::case;
    POST "/respond/case" Public, Message => respond::answer;
    GET "/respond/receipt" Public, Page => respond::receipt;
    POST "/respond/files" Public, Upload => respond::take_files;
    POST "/respond/upload" Public, Upload => upload::begin::<respond::Invited>;
    GET "/respond/upload/{id}" Public, Upload => upload::status::<respond::Invited>;
    POST "/respond/upload/{id}" Public, Upload => upload::append::<respond::Invited>;
    POST "/respond/upload/{id}/remove" Public, Upload => upload::remove::<respond::Invited>;
    POST "/respond/leave" Public, Page => respond::leave;

    GET "/desk/login" Public, Page => desk::login::form;
    POST "/desk/login" Public, Login => desk::login::password;
    GET "/desk/login/factor" Half, Page => desk::login::factor_form;
    POST "/desk/login/factor" Half, Login => desk::login::factor;
    POST "/desk/logout" Half, Page => desk::login::logout;
    GET "/desk" Desk(Act::UseDesk), Page => desk::home;
    GET "/desk/sessions" Desk(Act::UseDesk), Page => desk::sessions::list;
    POST "/desk/sessions" Desk(Act::UseDesk), Page => desk::sessions::end;
    GET "/desk/cases" Desk(Act::ViewCases), Page => desk::cases::list;
    GET "/desk/reopenings" Desk(Act::Approve), Page => desk::reopenings::list;
    GET "/desk/late" Desk(Act::SeeLate), Page => desk::late::list;
    GET "/desk/cases.csv" Desk(Act::Figures), Page => desk::cases_file::csv;
    GET "/desk/cases.xlsx" Desk(Act::Figures), Page => desk::cases_file::xlsx;
    GET "/desk/views" Desk(Act::ViewCases), Page => desk::views::list;
    POST "/desk/views" Desk(Act::ViewCases), Page => desk::views::save;
    POST "/desk/views/{id}" Desk(Act::ViewCases), Page => desk::views::change;
    POST "/desk/bulk" Desk(Act::ViewCases), Page => desk::bulk::bulk;
    GET "/desk/cases/{number}" Desk(Act::ViewCases), Page => desk::case::show;
    POST "/desk/cases/{number}/accept" Desk(Act::Handle), Page => desk::case::accept;
    POST "/desk/cases/{number}/refuse" Desk(Act::Handle), Page => desk::case::refuse;
    POST "/desk/cases/{number}/verify" Desk(Act::Handle), Page => desk::case::verify;
    POST "/desk/cases/{number}/refusal-approve" Desk(Act::Approve), Page => desk::case_steps::refusal_approve;
    POST "/desk/cases/{number}/refusal-back" Desk(Act::Approve), Page => desk::case_steps::refusal_back;
    POST "/desk/cases/{number}/materials" Desk(Act::Handle), Page => desk::case_steps::materials;
    POST "/desk/cases/{number}/materials-done" Desk(Act::Handle), Page => desk::case_steps::materials_done;
    POST "/desk/cases/{number}/mediate" Desk(Act::Handle), Page => desk::case_steps::mediate;
    POST "/desk/cases/{number}/suspend" Desk(Act::Handle), Page => desk::case_steps::suspend;
    POST "/desk/cases/{number}/resume" Desk(Act::Handle), Page => desk::case_steps::resume;
    POST "/desk/cases/{number}/agree" Desk(Act::Handle), Page => desk::case_steps::agree;
    POST "/desk/cases/{number}/terminate" Desk(Act::Handle), Page => desk::case_steps::terminate;
    POST "/desk/cases/{number}/no-authority" Desk(Act::Handle), Page => desk::case_steps::no_authority;
    POST "/desk/cases/{number}/duplicate" Desk(Act::Handle), Page => desk::case_steps::duplicate;
    POST "/desk/cases/{number}/file" Desk(Act::Approve), Page => desk::case_steps::file;
    POST "/desk/cases/{number}/not-file" Desk(Act::Approve), Page => desk::case_steps::not_file;
    POST "/desk/cases/{number}/investigate" Desk(Act::Handle), Page => desk::case_steps::investigate;
    POST "/desk/cases/{number}/decide" Desk(Act::Handle), Page => desk::case_steps::decide;
    POST "/desk/cases/{number}/extend" Desk(Act::Handle), Page => desk::case_steps::extend;
    POST "/desk/cases/{number}/extension-grant" Desk(Act::Approve), Page => desk::case_steps::extension_grant;
    POST "/desk/cases/{number}/reopen-grant" Desk(Act::Approve), Page => desk::case_steps::reopen_grant;
    POST "/desk/cases/{number}/reopen-decline" Desk(Act::Approve), Page => desk::case_steps::reopen_decline;
    POST "/desk/cases/{number}/extension-deny" Desk(Act::Approve), Page => desk::case_steps::extension_deny;
    POST "/desk/cases/{number}/extension-revoke" Desk(Act::Approve), Page => desk::case_steps::extension_revoke;
    POST "/desk/cases/{number}/issue" Desk(Act::Handle), Page => desk::case_steps::issue;
    POST "/desk/cases/{number}/merge" Desk(Act::Handle), Page => desk::case_out::merge;
    POST "/desk/cases/{number}/transfer" Desk(Act::Handle), Page => desk::case_out::transfer;
    POST "/desk/cases/{number}/hand-over" Desk(Act::Handle), Page => desk::case_out::hand_over;
    POST "/desk/cases/{number}/transfer-approve" Desk(Act::Approve), Page => desk::case_out::transfer_approve;
    POST "/desk/cases/{number}/transfer-deny" Desk(Act::Approve), Page => desk::case_out::transfer_deny;
    POST "/desk/cases/{number}/transfer-receipt" Desk(Act::Handle), Page => desk::case_out::transfer_receipt;
    POST "/desk/cases/{number}/transfer-returned" Desk(Act::Handle), Page => desk::case_out::transfer_returned;
    POST "/desk/cases/{number}/dispute" Desk(Act::Handle), Page => desk::case_out::dispute;
    POST "/desk/cases/{number}/dispute-refer" Desk(Act::Handle), Page => desk::case_out::dispute_refer;
    POST "/desk/cases/{number}/dispute-settle" Desk(Act::Handle), Page => desk::case_out::dispute_settle;
    POST "/desk/cases/{number}/crime-report" Desk(Act::Handle), Page => desk::case_out::crime_report;
    POST "/desk/cases/{number}/crime-approve" Desk(Act::Approve), Page => desk::case_out::crime_approve;
    POST "/desk/cases/{number}/crime-deny" Desk(Act::Approve), Page => desk::case_out::crime_deny;
    POST "/desk/cases/{number}/crime-send" Desk(Act::Handle), Page => desk::case_out::crime_send;
    POST "/desk/cases/{number}/police-accept" Desk(Act::Handle), Page => desk::case_out::police_accept;
    POST "/desk/cases/{number}/police-refuse" Desk(Act::Handle), Page => desk::case_out::police_refuse;
    POST "/desk/cases/{number}/crime-review" Desk(Act::Handle), Page => desk::case_out::crime_review;
    POST "/desk/cases/{number}/review-refuse" Desk(Act::Handle), Page => desk::case_out::review_refuse;
    POST "/desk/cases/{number}/crime-supervise" Desk(Act::Handle), Page => desk::case_out::crime_supervise;
    POST "/desk/cases/{number}/crime-goods" Desk(Act::Handle), Page => desk::case_out::crime_goods;
    POST "/desk/cases/{number}/crime-end" Desk(Act::Handle), Page => desk::case_out::crime_end;
    POST "/desk/cases/{number}/entrust" Desk(Act::Handle), Page => desk::case_out::entrust;
    POST "/desk/cases/{number}/clue" Desk(Act::Handle), Page => desk::case_out::clue;
    POST "/desk/cases/{number}/call-back" Desk(Act::Handle), Page => desk::case_out::call_back;
    POST "/desk/cases/{number}/assist" Desk(Act::Handle), Page => desk::case_out::assist;
    POST "/desk/cases/{number}/assisted" Desk(Act::Handle), Page => desk::case_out::assisted;
    POST "/desk/cases/{number}/hotline-reply" Desk(Act::Handle), Page => desk::case_out::hotline_reply;
    POST "/desk/cases/{number}/tell" Desk(Act::Handle), Page => desk::case_steps::tell;
    POST "/desk/cases/{number}/carry" Desk(Act::Handle), Page => desk::case_steps::carry;
    POST "/desk/cases/{number}/close" Desk(Act::Handle), Page => desk::case_steps::close;
    POST "/desk/cases/{number}/return" Desk(Act::Handle), Page => desk::case::back;
    POST "/desk/cases/{number}/reply" Desk(Act::Handle), Page => desk::case::reply;
    POST "/desk/cases/{number}/dispatch" Desk(Act::Dispatch), Page => desk::case::dispatch;
    POST "/desk/cases/{number}/co-add" Desk(Act::ViewCases), Page => desk::case_steps::co_add;
    POST "/desk/cases/{number}/co-due" Desk(Act::ViewCases), Page => desk::case_steps::co_due;
    POST "/desk/cases/{number}/co-remove" Desk(Act::ViewCases), Page => desk::case_steps::co_remove;
    POST "/desk/cases/{number}/co-done" Desk(Act::Handle), Page => desk::case_steps::co_done;
    POST "/desk/cases/{number}/assign" Desk(Act::Handle), Page => desk::case_steps::assign;
    POST "/desk/cases/{number}/note" Desk(Act::ViewCases), Page => desk::office_steps::note;
    POST "/desk/cases/{number}/link" Desk(Act::ViewCases), Page => desk::office_steps::link;
    POST "/desk/cases/{number}/unlink" Desk(Act::ViewCases), Page => desk::office_steps::unlink;
    POST "/desk/cases/{number}/split" Desk(Act::ViewCases), Page => desk::office_steps::split;
    POST "/desk/cases/{number}/recuse" Desk(Act::Handle), Page => desk::office_steps::recuse;
    POST "/desk/cases/{number}/recusal" Desk(Act::Handle), Page => desk::office_steps::recusal;
    POST "/desk/cases/{number}/recusal-decide" Desk(Act::Approve), Page => desk::office_steps::recusal_decide;
    POST "/desk/cases/{number}/consent" Desk(Act::Handle), Page => desk::office_steps::consent;
    POST "/desk/cases/{number}/speakers" Desk(Act::Handle), Page => desk::office_steps::speakers;
    POST "/desk/cases/{number}/papers" Desk(Act::Handle), Page => desk::office_steps::papers;
    POST "/desk/cases/{number}/evidence" Desk(Act::ViewCases), Upload => desk::evidence::add;
    GET "/desk/cases/{number}/evidence/{id}" Desk(Act::ViewCases), Page => desk::evidence::show;
    GET "/desk/cases/{number}/evidence/{id}/{part}" Desk(Act::ViewCases), Page => desk::evidence::part;
    POST "/desk/cases/{number}/evidence/{id}/original" Desk(Act::Reveal), Page => desk::evidence::original;
    POST "/desk/cases/{number}/evidence/{id}/release" Desk(Act::Handle), Page => desk::evidence::release;
    POST "/desk/cases/{number}/evidence/{id}/release-grant" Desk(Act::Handle), Page => desk::evidence::grant;
    POST "/desk/cases/{number}/evidence/{id}/release-deny" Desk(Act::Handle), Page => desk::evidence::deny;
    GET "/desk/cases/{number}/notice/{id}" Desk(Act::ViewCases), Page => desk::notice::pdf;
    GET "/desk/cases/{number}/trader" Desk(Act::ViewCases), Page => desk::trader::show;
    GET "/desk/cases/{number}/trader/{id}" Desk(Act::ViewCases), Page => desk::trader::paper;
    POST "/desk/cases/{number}/trader-seen" Desk(Act::Handle), Page => desk::trader::seen;
    POST "/desk/cases/{number}/invite" Desk(Act::Handle), Page => desk::trader::invite;
    POST "/desk/cases/{number}/invite-letter" Desk(Act::Handle), Page => desk::trader::letter;
    POST "/desk/cases/{number}/invite-revoke" Desk(Act::Handle), Page => desk::trader::revoke;
    POST "/desk/cases/{number}/tell-trader" Desk(Act::Handle), Page => desk::trader::tell;
    GET "/desk/cases/{number}/reveal" Desk(Act::Reveal), Page => desk::case::reveal_form;
    POST "/desk/cases/{number}/reveal" Desk(Act::Reveal), Page => desk::case::reveal;
    GET "/desk/intake" Desk(Act::Register), Page => desk::intake::form;
    POST "/desk/intake" Desk(Act::Register), Page => desk::intake::save;
    GET "/desk/intake/{number}" Desk(Act::ViewCases), Page => desk::intake::ticket;
    GET "/desk/intake/{number}/{name}" Desk(Act::ViewCases), Page => desk::intake::part;
    GET "/desk/cases/{number}/reporter" Desk(Act::AskReporter), Page => desk::reveal::form;
    POST "/desk/cases/{number}/reporter" Desk(Act::AskReporter), Page => desk::reveal::ask;
    POST "/desk/cases/{number}/reporter/view" Desk(Act::AskReporter), Page => desk::reveal::view;
    POST "/desk/cases/{number}/reporter/withdraw" Desk(Act::AskReporter), Page => desk::reveal::withdraw;
    POST "/desk/cases/{number}/reporter/grant" Desk(Act::Approve), Page => desk::reveal::grant;
    POST "/desk/cases/{number}/reporter/deny" Desk(Act::Approve), Page => desk::reveal::deny;
    POST "/desk/cases/{number}/reporter/revoke" Desk(Act::Approve), Page => desk::reveal::revoke;
    GET "/desk/alerts" Desk(Act::ViewAlerts), Page => desk::alerts::list;
    GET "/desk/alerts/{id}" Desk(Act::HandleAlerts), Page => desk::alerts::show;
    POST "/desk/alerts/{id}/acknowledge" Desk(Act::HandleAlerts), Page => desk::alerts::acknowledge;
    POST "/desk/alerts/{id}/defect" Desk(Act::HandleAlerts), Page => desk::alerts::defect;
    POST "/desk/alerts/{id}/close" Desk(Act::HandleAlerts), Page => desk::alerts::close;
    GET "/desk/insider" Desk(Act::Reward), Page => desk::insider::form;
    POST "/desk/insider" Desk(Act::Reward), Page => desk::insider::look;
    GET "/desk/reports" Desk(Act::Figures), Page => desk::reports::list;
    GET "/desk/reports.csv" Desk(Act::Figures), Page => desk::reports::figures_csv;
    GET "/desk/reports.xlsx" Desk(Act::Figures), Page => desk::reports::figures_xlsx;
    GET "/desk/reports/cases" Desk(Act::Figures), Page => desk::reports::cases;
    GET "/desk/reports/cases.csv" Desk(Act::Figures), Page => desk::reports::cases_csv;
    GET "/desk/reports/cases.xlsx" Desk(Act::Figures), Page => desk::reports::cases_xlsx;
    GET "/desk/admin/calendar" Desk(Act::Administer), Page => desk::admin::calendar;
    POST "/desk/admin/calendar" Desk(Act::Administer), Page => desk::admin::calendar_load;
    GET "/desk/admin/rules" Desk(Act::Administer), Page => desk::admin::rules;
    POST "/desk/admin/rules" Desk(Act::Administer), Page => desk::admin::rule_save;
    GET "/desk/audit" Desk(Act::Audit), Page => desk::audit::list;
    GET "/desk/audit.csv" Desk(Act::Audit), Page => desk::audit::export;
    GET "/desk/admin/jobs" Desk(Act::Administer), Page => desk::admin::jobs;
    POST "/desk/admin/jobs" Desk(Act::Administer), Page => desk::admin::job_again;

    GET "/api" Public, Page, zip => api::page;
    GET "/api/openapi.json" Public, Page, zip => api::openapi;
    POST "/api/v1/cases" Token, Api => api::submit;
    GET "/api/v1/cases/{number}" Public, Track => api::track;
    POST "/api/v1/cases/{number}/evidence" Public, Upload => api::add_evidence;

    GET "/healthz" Public, Page => ops::healthz;
    GET "/readyz" Public, Page => ops::readyz;
}
