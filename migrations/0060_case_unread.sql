-- Messages that wait are found whatever the state of their case.
CREATE INDEX case_unread ON case_file (department_id, unread)
