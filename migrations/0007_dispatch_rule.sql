-- Dispatch rules 分送规则 (rules 8.2): the first active row in order that fits decides.
CREATE TABLE dispatch_rule (
  id BINARY(16) NOT NULL PRIMARY KEY,
  ord INT NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
  subject VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  street VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
  trader_kind VARCHAR(24) CHARACTER SET ascii COLLATE ascii_bin NULL,
  lead_code VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL,
  co_codes VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  active TINYINT(1) NOT NULL,
  changed_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
