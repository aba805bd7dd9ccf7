-- Injuries and dangers that the risk officer looks at on the same day (rules K-02, K-05), one a filing. Nothing personal: count and hospital stay in the sealed story, the closing note is sealed.
CREATE TABLE alert (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  department_id BINARY(16) NULL,
  cause VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stage VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  raised_at DATETIME(6) NOT NULL,
  told TINYINT(1) NOT NULL,
  seen_at DATETIME(6) NULL,
  seen_by BINARY(16) NULL,
  defect_at DATETIME(6) NULL,
  closed_at DATETIME(6) NULL,
  closed_by BINARY(16) NULL,
  note BLOB NULL,
  UNIQUE KEY alert_case (case_id),
  KEY alert_stage (stage, raised_at, id),
  KEY alert_department (department_id, stage, raised_at, id),
  KEY alert_told (told, raised_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
