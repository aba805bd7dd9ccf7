-- Days off and make-up working days 调休 of the loaded years.
CREATE TABLE calendar_day (
  day DATE NOT NULL PRIMARY KEY,
  is_off TINYINT(1) NOT NULL,
  name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
