-- Notices 文书 issued on a case: sealed text, its hash, the way it was given.
CREATE TABLE notice (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  form INT NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NULL,
  body BLOB NOT NULL,
  body_hash BINARY(32) NOT NULL,
  given_by VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  KEY notice_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
