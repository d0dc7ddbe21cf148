DROP TABLE bulk_errors;
DROP TABLE bulk_operations;
