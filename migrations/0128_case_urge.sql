-- A resident asks to hurry 催办: once a day and case.
CREATE TABLE case_urge (
  case_id BINARY(16) NOT NULL,
  day DATE NOT NULL,
  at DATETIME(6) NOT NULL,
  PRIMARY KEY (case_id, day)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
