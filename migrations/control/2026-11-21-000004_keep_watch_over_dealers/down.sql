DROP TRIGGER dealers_go ON dealers;
DROP TRIGGER dealers_change ON dealers;
DROP TRIGGER dealers_come ON dealers;
DROP FUNCTION note_dealer_change();
DROP TABLE dealer_changes;
DROP TABLE dealer_actions;
DROP FUNCTION dealer_actions_stay();
DROP INDEX dealers_name;
DROP INDEX dealers_deleting;
ALTER TABLE dealers
    DROP CONSTRAINT dealers_drop_began_check,
    DROP COLUMN drop_began_at;
