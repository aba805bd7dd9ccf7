-- Requests to learn who reported (rules R-05, P-11): asked by one person, decided by another, good for a short time, every look counted. Reasons are sealed.
CREATE TABLE reporter_request (
  id BINARY(16) NOT NULL PRIMARY KEY,
  case_id BINARY(16) NOT NULL,
  asker_id BINARY(16) NOT NULL,
  asked_at DATETIME(6) NOT NULL,
  reason BLOB NOT NULL,
  stage VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decider_id BINARY(16) NULL,
  decided_at DATETIME(6) NULL,
  note BLOB NULL,
  until DATETIME(6) NULL,
  views INT NOT NULL,
  viewed_at DATETIME(6) NULL,
  KEY reporter_request_case (case_id, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
