-- The case changed since the figures counted it. A new case starts with it, each change sets it, the counter clears it.
ALTER TABLE case_file ADD COLUMN recount TINYINT(1) NOT NULL DEFAULT 1
