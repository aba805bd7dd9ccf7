-- Signed-in browsers, the token itself is only in the cookie.
CREATE TABLE staff_session (
  token_hash BINARY(32) NOT NULL PRIMARY KEY,
  staff_id BINARY(16) NOT NULL,
  stage VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  csrf BINARY(16) NOT NULL,
  agent VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  created_at DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  expires_at DATETIME(6) NOT NULL,
  KEY staff_session_staff (staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
