-- The counter finds what changed, whatever the number of cases.
CREATE INDEX case_recount ON case_file (recount, id)
