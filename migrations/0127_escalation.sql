-- Who was told that a date comes near or has passed 逐级提醒: once for each level and date of a clock, so that any number of sweeps may run.
CREATE TABLE escalation (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  clock VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due DATE NOT NULL,
  level VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(6) NOT NULL,
  UNIQUE KEY escalation_once (case_id, clock, due, level)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
