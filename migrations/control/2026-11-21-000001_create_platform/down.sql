DROP TABLE memberships;
DROP TABLE users;
DROP TABLE dealers;
-- The extension stays: other schemas of the database may use it.
