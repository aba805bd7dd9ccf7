-- The auditor reads what one person did.
CREATE INDEX audit_staff ON audit (staff_id, at, id)
