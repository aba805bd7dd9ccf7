-- The co-handlers that the rules named before a co-handler had a task of its own.
INSERT IGNORE INTO case_co (case_id, department_id, state, due, own_due, fresh, added_at)
SELECT f.id, d.id, IF(f.is_open = 1, 'open', 'ended'), COALESCE(f.next_due, '9999-12-31'), 0, 0, f.received_at
FROM case_file f JOIN department d ON d.inside = 1 AND FIND_IN_SET(d.code, f.co_codes) > 0
WHERE f.co_codes <> '' AND (f.department_id IS NULL OR f.department_id <> d.id)
