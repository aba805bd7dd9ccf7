-- Years whose official arrangement 放假安排 is loaded (rules N-05).
CREATE TABLE calendar_year (
  year INT NOT NULL PRIMARY KEY,
  source VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  loaded_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
