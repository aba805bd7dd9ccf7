-- Legal clocks 期限 of a case, the derivation is computed from start, rule and calendar when shown.
CREATE TABLE case_clock (
  case_id BINARY(16) NOT NULL,
  clock VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  rule VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_on DATE NOT NULL,
  agency_due DATE NOT NULL,
  citizen_due DATE NOT NULL,
  provisional TINYINT(1) NOT NULL,
  stopped_at DATETIME(6) NULL,
  PRIMARY KEY (case_id, clock),
  KEY case_clock_running (stopped_at, agency_due)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
