ALTER TABLE mails DROP COLUMN webhook_endpoint_id;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_feeds;
DROP TABLE webhook_secrets;
DROP TABLE webhook_endpoints;
