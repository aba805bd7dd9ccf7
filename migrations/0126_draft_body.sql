-- A story that is too long is kept whole until its writer shortened it: four steps of the largest form fit.
ALTER TABLE draft MODIFY body MEDIUMBLOB NOT NULL
