DROP TABLE login_challenges;
DROP TABLE backup_codes;
DROP TABLE totp_factors;
DROP FUNCTION revoke_factor();
ALTER TABLE dealers DROP COLUMN second_factor_required;
