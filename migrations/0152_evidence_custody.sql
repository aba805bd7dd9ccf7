-- Who had a file in hand 保管记录: from receipt to removal. There is no statement that changes or removes a line.
CREATE TABLE evidence_custody (
  id BINARY(16) NOT NULL PRIMARY KEY,
  evidence_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  act VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  uploader VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NULL,
  staff_id BINARY(16) NULL,
  detail VARCHAR(160) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  reason VARBINARY(2048) NULL,
  KEY evidence_custody_file (evidence_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
