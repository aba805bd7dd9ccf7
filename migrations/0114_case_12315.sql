-- A case on the national 12315 platform (rules 0.2, 3.4): the export that carried it there, the number that it got there.
CREATE TABLE case_12315 (
  case_id BINARY(16) NOT NULL PRIMARY KEY,
  batch VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  exported_at DATETIME(6) NULL,
  number VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL UNIQUE,
  numbered_at DATETIME(6) NULL,
  KEY case_12315_batch (batch, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
