-- One row if the job is the owner's.
SELECT FROM headrace.jobs WHERE id = %(id)s AND owner = %(owner)s
