-- Who of the department handles a case, whether anybody there has looked at it, whether a request was sent back, and the indexes of the worklist hold what it filters and counts by.
ALTER TABLE case_file
  ADD COLUMN assignee_id BINARY(16) NULL,
  ADD COLUMN fresh TINYINT(1) NOT NULL DEFAULT 0,
  ADD COLUMN sent_back TINYINT(1) NOT NULL DEFAULT 0,
  DROP KEY case_worklist,
  ADD KEY case_worklist (department_id, is_open, next_due, id, fresh, sent_back, waits, unread, injury, urgent, assignee_id, kind, state, street),
  DROP KEY case_intake,
  ADD KEY case_intake (is_open, next_due, id, department_id, fresh, sent_back, waits, unread, injury, urgent, returns, kind, state, street),
  DROP KEY case_unread,
  ADD KEY case_unread (unread, department_id)
