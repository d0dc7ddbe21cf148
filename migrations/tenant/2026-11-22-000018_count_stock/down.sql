DROP INDEX stock_transfer_lines_awaited;
ALTER TABLE stock_transfers DROP COLUMN due_on;
DROP TABLE stock_count_lines;
DROP TABLE stock_counts;
