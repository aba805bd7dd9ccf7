-- The auditor reads the trail by time.
CREATE INDEX audit_at ON audit (at, id)
