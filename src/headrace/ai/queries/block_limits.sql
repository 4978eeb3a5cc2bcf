-- Waits until no call is being begun or settled, and lets none until this transaction ends.
LOCK TABLE headrace.ai_limits IN EXCLUSIVE MODE
