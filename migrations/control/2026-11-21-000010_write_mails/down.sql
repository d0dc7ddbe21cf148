DROP TABLE mails;
DROP TABLE one_time_tokens;
DROP TABLE invitations;
ALTER TABLE users DROP COLUMN email_verified_at;
