//! The OpenAPI 3.1 description, made from the tables that the code itself reads: fields, shapes, words, problem kinds,
//! the district's codes; what is required is asked of the check. Built by hand because a typed builder cannot say
//! `if`/`then` from a table.

mod filing;

pub use filing::{codes, example_filing, example_reply};

use super::problem::KINDS;
use crate::{
    casework::{EventKind, State, deadline::ClockKind},
    evidence::FileKind,
    kernel::words::CaseKind,
    reference::Reference,
};
use serde_json::{Map, Value, json};

fn code_schema<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Value {
    json!({ "type": "string", "enum": all.iter().map(|w| code(*w)).collect::<Vec<_>>() })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn object(properties: Value, optional: &[&str]) -> Value {
    let required: Vec<_> = properties
        .as_object()
        .map(|p| {
            p.keys()
                .filter(|k| !optional.contains(&k.as_str()))
                .cloned()
                .collect()
        })
        .unwrap_or_default();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn schemas(reference: &Reference) -> Value {
    let kind = code_schema(CaseKind::ALL, CaseKind::code);
    let instant = json!({ "type": "string", "format": "date-time" });
    let date = json!({ "type": "string", "format": "date" });
    let flag = json!({ "type": "boolean" });
    json!({
        "Filing": filing::filing_schema(reference),
        "Acknowledgement": object(json!({
            "cases": { "type": "array", "minItems": 1, "maxItems": 2, "items": object(json!({
                "kind": kind,
                "number": text("案件编号"),
                "query_code": text("查询码，16 位数字；只有当事人能持有，请原样转交，不要写进网址和日志"),
                "received_at": instant,
                "promised": date,
                "clock": code_schema(ClockKind::ALL, ClockKind::code),
                "department": text("承办部门"),
                "receipt": text("带数字签名的回执，可在 /receipt/verify 核验"),
                "track_url": text("查进度的网址，不含查询码"),
            }), &[]) },
            "repeated": { "type": "boolean", "description": "true：这份早已立件，返回的是原来的编号" },
        }), &[]),
        "Evidence": object(json!({
            "id": { "type": "string", "format": "uuid" },
            "name": text("文件名"),
            "kind": code_schema(FileKind::ALL, FileKind::code),
            "bytes": { "type": "integer" },
            "sha256": text("SHA-256，十六进制"),
        }), &[]),
        "Case": object(json!({
            "kind": kind,
            "number": text("案件编号"),
            "state": code_schema(State::ALL, State::code),
            "state_label": text("状态"),
            "meaning": text("状态是什么意思"),
            "open": flag,
            "received_at": instant,
            "department": text("承办部门"),
            "due": { "oneOf": [{ "type": "null" }, object(json!({
                "clock": code_schema(ClockKind::ALL, ClockKind::code),
                "clock_label": text("期限种类"),
                "date": date,
                "text": text("期限，一句话"),
                "article": text("依据的条文"),
                "provisional": { "type": "boolean", "description": "放假安排还没公布，日期暂定" },
                "overdue": flag,
            }), &[])] },
            "events": { "type": "array", "items": object(json!({
                "at": instant, "kind": code_schema(EventKind::ALL, EventKind::code), "title": text("事项"),
                "text": text("说明"),
            }), &[]) },
            "messages": { "type": "integer", "minimum": 0, "description": "留言条数；内容请在网页上看" },
        }), &[]),
        "Problem": object(json!({
            "type": { "type": "string", "format": "uri-reference",
                      "enum": KINDS.iter().map(|k| format!("/api#{}", k.code)).collect::<Vec<_>>() },
            "title": text("哪一类问题"),
            "status": { "type": "integer" },
            "detail": text("这一次的情况"),
            "request_id": text("联系我们时请报这个号"),
            "errors": { "type": "array", "items": object(json!({
                "field": text("字段名"), "code": text("原因"), "message": text("怎么改"),
            }), &[]) },
        }), &["errors"]),
    })
}

/// The problem responses with these statuses.
fn problems(statuses: &[u16]) -> Map<String, Value> {
    statuses
        .iter()
        .map(|status| {
            let kinds: Vec<_> = KINDS.iter().filter(|k| k.status == *status).collect();
            let said: Vec<_> = kinds.iter().map(|k| format!("{}：{}", k.title, k.advice)).collect();
            let mut response = json!({
                "description": said.join(" "),
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            });
            if matches!(status, 429 | 503) {
                response["headers"] = json!({ "Retry-After": { "schema": { "type": "integer" } } });
            }
            (status.to_string(), response)
        })
        .collect()
}

fn responses(good: Value, statuses: &[u16]) -> Value {
    let mut all = problems(statuses);
    if let Value::Object(good) = good {
        all.extend(good);
    }
    Value::Object(all)
}

/// The whole document.
#[must_use]
pub fn document(reference: &Reference, public_url: &str) -> Value {
    let issued = |description: &str| {
        json!({
            "description": description,
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Acknowledgement" }, "example": example_reply(),
            } },
        })
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "民声接口",
            "version": "1",
            "description": "代居民提交投诉、举报，凭编号和查询码查进度。说明见 /api。",
        },
        "servers": [{ "url": public_url.trim_end_matches('/') }],
        "paths": {
            "/api/v1/cases": { "post": {
                "operationId": "submitCase",
                "summary": "提交一份反映",
                "security": [{ "token": [] }],
                "parameters": [{
                    "name": "Idempotency-Key", "in": "header", "required": true,
                    "description": "每份反映一个，重试时不变；只在同一个令牌之内比较",
                    "schema": { "type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$" },
                    "example": "hotline-20260113-000517",
                }],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Filing" }, "example": example_filing(),
                } } },
                "responses": responses(
                    json!({ "201": issued("已立件"), "200": issued("重试：早已立件，内容不变") }),
                    &[400, 401, 403, 409, 413, 415, 422, 429, 500, 503],
                ),
            } },
            "/api/v1/cases/{number}": { "get": {
                "operationId": "trackCase",
                "summary": "查进度",
                "parameters": [
                    { "name": "number", "in": "path", "required": true, "schema": { "type": "string" },
                      "example": "TS-2601-00517-3" },
                    { "name": "X-Query-Code", "in": "header", "required": true, "schema": { "type": "string" },
                      "description": "查询码，16 位数字，可带空格；打错一位会得到 422 mistyped" },
                ],
                "responses": responses(
                    json!({ "200": { "description": "进度", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Case" } } } } }),
                    &[404, 422, 429, 500, 503],
                ),
            } },
            "/api/v1/cases/{number}/evidence": { "post": {
                "operationId": "addEvidence",
                "summary": "补充凭证",
                "parameters": [
                    { "name": "number", "in": "path", "required": true, "schema": { "type": "string" },
                      "example": "TS-2601-00517-3" },
                    { "name": "X-Query-Code", "in": "header", "required": true, "schema": { "type": "string" },
                      "description": "查询码，16 位数字，可带空格" },
                    { "name": "X-File-Name", "in": "header", "required": false, "schema": { "type": "string" },
                      "description": "文件名，UTF-8 百分号编码" },
                ],
                "requestBody": { "required": true,
                    "description": "一个文件的原始字节；种类按内容识别，收 jpg、png、webp、pdf、mp3、m4a、mp4",
                    "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } } },
                "responses": responses(
                    json!({ "201": { "description": "已收到并入卷；同样的字节再发一次还是同一份", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Evidence" } } } } }),
                    &[404, 408, 422, 429, 500, 503],
                ),
            } },
        },
        "components": {
            "schemas": schemas(reference),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer",
                "description": "管理员用 minsheng token add 发放；作废后最多 30 秒失效" } },
        },
    })
}

#[cfg(test)]
mod tests;
