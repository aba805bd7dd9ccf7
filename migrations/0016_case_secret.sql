-- The sealed part of a case: who filed it and the story as typed (rules P-16).
CREATE TABLE case_secret (
  case_id BINARY(16) NOT NULL PRIMARY KEY,
  contact BLOB NULL,
  story MEDIUMBLOB NOT NULL,
  phone_index BINARY(16) NULL,
  KEY case_secret_phone (phone_index)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
