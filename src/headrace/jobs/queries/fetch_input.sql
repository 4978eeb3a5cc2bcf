-- The input of a job, for inputs too large to come with the claim.
SELECT input::text FROM headrace.jobs WHERE id = %(id)s
