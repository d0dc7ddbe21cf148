DROP TABLE migration_failures;
