DROP TABLE login_challenges;
DROP TABLE backup_codes;
DROP TABLE totp_factors;
ALTER TABLE dealers DROP COLUMN second_factor_required;
