-- How a trader was told (C-25, C-30): way, day, who says so, hash of what was sent. The address or the note is sealed.
CREATE TABLE trader_delivery (
  id BINARY(16) NOT NULL PRIMARY KEY,
  notice_id BINARY(16) NOT NULL,
  case_id BINARY(16) NOT NULL,
  way VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  day DATE NOT NULL,
  at DATETIME(6) NOT NULL,
  staff_id BINARY(16) NOT NULL,
  content_hash BINARY(32) NOT NULL,
  detail VARCHAR(240) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  secret BLOB NOT NULL,
  KEY trader_delivery_case (case_id, id),
  KEY trader_delivery_state (state, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
