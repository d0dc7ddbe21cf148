DROP TABLE jobs;
DROP TABLE customers;
