DROP TABLE drop_failures;
