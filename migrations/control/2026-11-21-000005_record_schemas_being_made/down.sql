DROP TABLE schema_builds;
