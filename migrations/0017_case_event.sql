-- What happened to a case, in order, states and due dates are derived from it.
CREATE TABLE case_event (
  case_id BINARY(16) NOT NULL,
  seq INT NOT NULL,
  at DATETIME(6) NOT NULL,
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  staff_id BINARY(16) NULL,
  data TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (case_id, seq)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
