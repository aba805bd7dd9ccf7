-- The head of the audit chain once a day, signed with the key of the receipts.
CREATE TABLE audit_anchor (
  day DATE NOT NULL PRIMARY KEY,
  seq BIGINT NOT NULL,
  link_hash BINARY(32) NOT NULL,
  signature VARBINARY(64) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
