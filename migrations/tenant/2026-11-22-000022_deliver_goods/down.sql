DROP TABLE delivery_lines;
DROP TABLE deliveries;
DROP TABLE delivery_runs;
