-- One row if the bulk action is one on the owner's jobs alone.
SELECT FROM headrace.bulk_actions WHERE id = %(id)s AND wanted ->> 'owner' = %(owner)s
