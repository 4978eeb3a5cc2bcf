-- Which of these limits there are.
SELECT name FROM headrace.ai_limits WHERE name = ANY (%(names)s)
