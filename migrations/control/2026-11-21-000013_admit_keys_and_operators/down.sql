DROP TABLE impersonations;
DROP TABLE api_keys;
DROP FUNCTION revoke_api_key();
DROP FUNCTION raise_api_key();
