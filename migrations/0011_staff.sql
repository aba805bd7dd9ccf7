-- People who sign in at the desk.
CREATE TABLE staff (
  id BINARY(16) NOT NULL PRIMARY KEY,
  login VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL UNIQUE,
  name VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  role VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  department_id BINARY(16) NULL,
  password_hash VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  totp_secret VARBINARY(120) NULL,
  totp_step BIGINT NOT NULL,
  failed INT NOT NULL,
  locked_until DATETIME(6) NULL,
  disabled_at DATETIME(6) NULL,
  created_at DATETIME(6) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
