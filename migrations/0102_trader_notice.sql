-- The trader's copies of notices (forms 7 and 8, letters of invitation): apart from the complainant's, so that neither reads the other's.
CREATE TABLE trader_notice (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  invitation_id BINARY(16) NULL,
  form INT NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NULL,
  body BLOB NOT NULL,
  body_hash BINARY(32) NOT NULL,
  KEY trader_notice_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
