-- The chain over the audit trail, written only by the sealer, the primary key keeps it from forking.
CREATE TABLE audit_link (
  seq BIGINT NOT NULL PRIMARY KEY,
  audit_id BINARY(16) NOT NULL,
  row_hash BINARY(32) NOT NULL,
  link_hash BINARY(32) NOT NULL,
  at DATETIME(6) NOT NULL,
  UNIQUE KEY audit_link_row (audit_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
