-- Consent 同意 of represented persons to a change of representative, a waiver or a settlement (C-05), as the desk recorded it.
CREATE TABLE case_consent (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  matter VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  given_by VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  body BLOB NOT NULL,
  KEY case_consent_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
