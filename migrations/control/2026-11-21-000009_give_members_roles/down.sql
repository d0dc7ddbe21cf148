DROP TRIGGER memberships_keep_an_owner ON memberships;
DROP FUNCTION keep_an_owner();
-- The program of yesterday knows owners only.
DELETE FROM memberships WHERE NOT roles @> '{owner}';
UPDATE memberships SET role = 'OWNER';
ALTER TABLE memberships
    DROP COLUMN roles,
    DROP COLUMN customer_id,
    DROP COLUMN version,
    ALTER COLUMN role SET NOT NULL;
COMMENT ON COLUMN memberships.role IS NULL;
DROP TABLE roles;
DROP FUNCTION count_role_change();
ALTER TABLE dealers DROP COLUMN roles_version;
