-- Notes 内部备注 of the office on a case, sealed, only ever added to.
CREATE TABLE case_note (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  body BLOB NOT NULL,
  page BINARY(16) NOT NULL,
  UNIQUE KEY case_note_page (case_id, page),
  KEY case_note_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
