-- Proof of sending a notice (rules §5): one row a way, when, what was sent (SHA-256), what the other side answered, never an address.
CREATE TABLE notice_delivery (
  notice_id BINARY(16) NOT NULL,
  channel VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at DATETIME(6) NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content_hash BINARY(32) NOT NULL,
  detail VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (notice_id, channel)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
