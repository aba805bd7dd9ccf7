-- The open cases of one handler by date: without it the list of somebody with sixty cases reads all of a department's.
CREATE INDEX case_mine ON case_file (assignee_id, is_open, next_due, id)
