-- Network log (rules P-13): sealed client addresses, six months, never beside a case number.
CREATE TABLE access_log (
  id BINARY(16) NOT NULL PRIMARY KEY,
  at DATETIME(6) NOT NULL,
  entries BLOB NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
