-- Cases that belong together 关联, for the office alone: why, by whom, until when.
CREATE TABLE case_link (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  other_id BINARY(16) NOT NULL,
  kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  reason BLOB NOT NULL,
  ended_at DATETIME(6) NULL,
  ended_by BINARY(16) NULL,
  KEY case_link_case (case_id),
  KEY case_link_other (other_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
