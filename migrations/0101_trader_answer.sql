-- Answers of traders, sealed: the primary key lets an invitation be answered once.
CREATE TABLE trader_answer (
  invitation_id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  at DATETIME(6) NOT NULL,
  body BLOB NOT NULL,
  body_hash BINARY(32) NOT NULL,
  offer VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  offer_until DATE NULL,
  offer_ended_at DATETIME(6) NULL,
  KEY trader_answer_case (case_id, invitation_id),
  KEY trader_answer_offer (offer, offer_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
