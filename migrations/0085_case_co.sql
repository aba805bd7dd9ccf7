-- Co-handlers 协办 of a case (T-05), one row a department. The date is the lead's running one unless somebody set another.
CREATE TABLE case_co (
  case_id BINARY(16) NOT NULL,
  department_id BINARY(16) NOT NULL,
  state VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due DATE NOT NULL,
  own_due TINYINT(1) NOT NULL,
  fresh TINYINT(1) NOT NULL,
  added_at DATETIME(6) NOT NULL,
  done_at DATETIME(6) NULL,
  PRIMARY KEY (case_id, department_id),
  KEY case_co_work (department_id, state, due, case_id, fresh),
  KEY case_co_all (department_id, case_id, state)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
