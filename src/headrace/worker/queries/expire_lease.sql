-- Lets a lease run out now: for a supervisor that saw its worker die.
UPDATE headrace.workers SET lease_until = clock_timestamp() - interval '1 second' WHERE id = %(id)s
