-- Keys under which complaints that look alike are found (C-08): keyed hashes of phone, address, trader, goods and text, never of a report.
CREATE TABLE case_alike (
  sort TINYINT NOT NULL,
  hash BIGINT NOT NULL,
  received_on DATE NOT NULL,
  case_id BINARY(16) NOT NULL,
  PRIMARY KEY (sort, hash, received_on, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
