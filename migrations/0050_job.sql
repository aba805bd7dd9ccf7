-- Queue of outside effects: enqueued with the effect's cause in one transaction, claimed by a lease, retried with back-off, dead visibly. A job names a row and holds nothing personal.
CREATE TABLE job (
  id BINARY(16) NOT NULL PRIMARY KEY,
  kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject BINARY(16) NOT NULL,
  dedup_key VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  priority INT NOT NULL,
  due_at DATETIME(6) NOT NULL,
  attempts INT NOT NULL,
  lease BINARY(16) NULL,
  lease_until DATETIME(6) NULL,
  last_error VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  finished_at DATETIME(6) NULL,
  UNIQUE KEY job_dedup (dedup_key),
  KEY job_ready (state, priority, due_at),
  KEY job_lease (lease),
  KEY job_finished (state, finished_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
