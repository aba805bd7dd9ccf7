-- Which figures a case stands in (rules 6.4): what, in which slot, on which day. Derived from its history, written only by the counter.
CREATE TABLE case_mark (
  case_id BINARY(16) NOT NULL,
  mark VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  slot VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  on_day DATE NOT NULL,
  department BINARY(16) NOT NULL,
  street VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  days INT NULL,
  fen BIGINT NOT NULL,
  PRIMARY KEY (case_id, mark),
  KEY case_mark_all (slot, on_day, case_id),
  KEY case_mark_department (department, slot, on_day, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
