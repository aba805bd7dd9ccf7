-- A resident asked that a case be taken up again 重新办理, once in its life: a copy of what the history says, for the desk's list.
CREATE TABLE case_reopening (
  case_id BINARY(16) NOT NULL PRIMARY KEY,
  reply_by DATE NOT NULL,
  waits TINYINT(1) NOT NULL,
  KEY case_reopening_waits (waits, reply_by, case_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
