DROP TABLE invoice_mails;
ALTER TABLE invoices DROP COLUMN settings_id;
DROP TABLE invoice_settings;
DELETE FROM attachments WHERE entity = 'ivs';
