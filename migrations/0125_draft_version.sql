-- Grows with each writing, so that nobody writes over what he has not read.
ALTER TABLE draft ADD COLUMN version BIGINT NOT NULL DEFAULT 0
