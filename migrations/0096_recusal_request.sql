-- Applications for the recusal of a mediator 回避申请 (C-26), the mediation rests until they are decided.
CREATE TABLE recusal_request (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  side VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body BLOB NOT NULL,
  decided_at DATETIME(6) NULL,
  decided_by BINARY(16) NULL,
  granted TINYINT(1) NULL,
  KEY recusal_request_case (case_id, decided_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
