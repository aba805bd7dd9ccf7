-- The auditor reads who did one thing.
CREATE INDEX audit_act ON audit (act, at, id)
