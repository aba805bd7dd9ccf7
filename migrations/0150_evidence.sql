-- Files handed in as proof 凭证: key and name sealed, the bytes in the storage. A slot of a holder is one file, so that a filing holds no more than it may.
CREATE TABLE evidence (
  id BINARY(16) NOT NULL PRIMARY KEY,
  holder BINARY(16) NOT NULL,
  slot INT NOT NULL,
  holder_kind VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stage VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  uploader VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  staff_id BINARY(16) NULL,
  secret VARBINARY(2048) NOT NULL,
  kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  bytes BIGINT NOT NULL,
  sha256 BINARY(32) NULL,
  scan VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  found VARCHAR(120) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  made VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  clean_kind VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NULL,
  pages INT NOT NULL,
  facts VARBINARY(4096) NULL,
  at DATETIME(6) NOT NULL,
  gone_at DATETIME(6) NULL,
  UNIQUE KEY evidence_slot (holder, slot),
  KEY evidence_stage (stage, gone_at, at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
