DROP TABLE retired_schemas;
