-- 1 to 2: the case whose clock waits for a delivery is found at once.
CREATE INDEX deadlines_waiting ON deadlines (from_position) WHERE status = 0;
