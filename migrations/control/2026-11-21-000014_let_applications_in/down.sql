DROP TABLE oauth_codes;
DELETE FROM sessions WHERE grant_id IS NOT NULL;
ALTER TABLE sessions
    DROP CONSTRAINT sessions_scope_of_grant,
    DROP COLUMN scope,
    DROP COLUMN grant_id;
DROP TABLE oauth_grants;
DROP TABLE oauth_clients;
