-- Which files belong to which case: a story of two cases has its files in both.
CREATE TABLE evidence_case (
  case_id BINARY(16) NOT NULL,
  evidence_id BINARY(16) NOT NULL,
  PRIMARY KEY (case_id, evidence_id),
  KEY evidence_case_file (evidence_id, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
