-- Who stands beside the sender of a complaint: joint complainants (C-05), the agent (C-04). Each sealed by itself.
CREATE TABLE case_party (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  ord INT NOT NULL,
  role VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  represents TINYINT(1) NOT NULL,
  paper TINYINT(1) NOT NULL,
  body BLOB NOT NULL,
  UNIQUE KEY case_party_case (case_id, ord)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
