-- Invitations of the trader to answer a complaint 经营者答复: the code is only a keyed hash, the handler's summary is sealed, news waits for the handler.
CREATE TABLE trader_invitation (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code_hash BINARY(32) NOT NULL,
  due_on DATE NOT NULL,
  made_at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  summary BLOB NULL,
  ended_at DATETIME(6) NULL,
  news INT NOT NULL,
  KEY trader_invitation_case (case_id, id),
  KEY trader_invitation_due (state, due_on)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
