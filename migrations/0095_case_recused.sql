-- Who may not handle a case 回避 (C-26), because of a near relationship or an interest.
CREATE TABLE case_recused (
  case_id BINARY(16) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  decided_by BINARY(16) NOT NULL,
  id BINARY(16) NOT NULL,
  reason BLOB NOT NULL,
  PRIMARY KEY (case_id, staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
