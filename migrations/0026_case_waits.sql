-- A refusal or an extension waits for a second person: a copy of what the history says, for the worklist.
ALTER TABLE case_file ADD COLUMN waits TINYINT(1) NOT NULL DEFAULT 0
