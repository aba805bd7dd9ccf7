-- Messages 留言 both ways between a resident and the office, sealed.
CREATE TABLE message (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  author VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  staff_id BINARY(16) NULL,
  body BLOB NOT NULL,
  KEY message_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
