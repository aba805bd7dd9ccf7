-- The marks of a month (year * 100 + month), department, street and category, summed up in the transaction that writes the marks.
CREATE TABLE figure_cell (
  month INT NOT NULL,
  department BINARY(16) NOT NULL,
  street VARCHAR(12) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tally TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (month, department, street, category)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
