-- One loading of an arrangement, with the number of due dates that it moved.
CREATE TABLE calendar_load (
  id BINARY(16) NOT NULL PRIMARY KEY,
  year INT NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NULL,
  moved INT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
