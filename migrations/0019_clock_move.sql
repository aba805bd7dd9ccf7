-- Due dates that a newly loaded arrangement moved: what was, what is.
CREATE TABLE clock_move (
  load_id BINARY(16) NOT NULL,
  case_id BINARY(16) NOT NULL,
  clock VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_agency DATE NOT NULL,
  new_agency DATE NOT NULL,
  old_citizen DATE NOT NULL,
  new_citizen DATE NOT NULL,
  PRIMARY KEY (load_id, case_id, clock)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
