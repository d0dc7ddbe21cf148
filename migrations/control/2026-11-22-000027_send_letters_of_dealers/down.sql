DELETE FROM mails WHERE record_id IS NOT NULL;
DROP FUNCTION spine.order_letters;
ALTER TABLE mails DROP COLUMN record_id;
