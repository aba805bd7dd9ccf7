-- What was looked at and done at the desk, no personal data but the sealed reason.
CREATE TABLE audit (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NULL,
  act VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  case_id BINARY(16) NULL,
  detail VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reason BLOB NULL,
  KEY audit_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
