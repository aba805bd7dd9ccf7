-- Background work that one node does at a time, an optimisation that nothing correct rests on.
CREATE TABLE lease (
  name VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  owner BINARY(16) NOT NULL,
  until DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
