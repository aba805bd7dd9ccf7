-- What a resident has typed so far 草稿, sealed, gone after seven days (rules P-12).
CREATE TABLE draft (
  id BINARY(16) NOT NULL PRIMARY KEY,
  secret_hash BINARY(32) NOT NULL,
  resume_hash BINARY(16) NOT NULL,
  body BLOB NOT NULL,
  updated_at DATETIME(6) NOT NULL,
  UNIQUE KEY draft_resume (resume_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
