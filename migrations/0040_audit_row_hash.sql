-- The hash of a line, written with it, NULL on lines of an older program.
ALTER TABLE audit ADD COLUMN row_hash BINARY(32) NULL
