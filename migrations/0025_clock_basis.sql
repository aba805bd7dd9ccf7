-- What moves the end of a clock: days not counted, extensions, a day set by an officer, resting since. Derived from the events.
ALTER TABLE case_clock ADD COLUMN basis TEXT CHARACTER SET ascii COLLATE ascii_bin NULL
