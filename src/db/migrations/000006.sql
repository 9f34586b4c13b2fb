-- Quotes under way are counted for their account whenever it asks for one more.

CREATE INDEX quote_under_way ON quote (account_id) WHERE state = 'probing';
