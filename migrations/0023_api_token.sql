-- Machine tokens of the API, only the hash is kept.
CREATE TABLE api_token (
  id BINARY(16) NOT NULL PRIMARY KEY,
  name VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE,
  token_hash BINARY(32) NOT NULL UNIQUE,
  created_at DATETIME(6) NOT NULL,
  revoked_at DATETIME(6) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
