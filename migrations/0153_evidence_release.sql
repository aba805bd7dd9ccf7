-- Requests to let a file out of quarantine 放行, one person asks, another one decides, and the primary key lets one wait at a time.
CREATE TABLE evidence_release (
  evidence_id BINARY(16) NOT NULL PRIMARY KEY,
  asked_by BINARY(16) NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  reason VARBINARY(2048) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
