-- One acknowledged submission, written in the transaction that makes its cases: the reason that a retry makes none.
CREATE TABLE submission (
  id BINARY(16) NOT NULL PRIMARY KEY,
  idem_hash BINARY(32) NOT NULL,
  body_hash BINARY(32) NOT NULL,
  channel VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer VARBINARY(2048) NULL,
  at DATETIME(6) NOT NULL,
  UNIQUE KEY submission_idem (idem_hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
