-- What dealers send is about a record of theirs; what the platform sends goes before it.
CREATE INDEX mails_turn ON mails ((record_id IS NOT NULL), due_at) WHERE state = 'PENDING';
