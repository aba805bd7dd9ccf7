-- Saved views 我的视图 of the worklist, each person's own, sealed (filters hold what was searched for).
CREATE TABLE saved_view (
  staff_id BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  place INT NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (staff_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
