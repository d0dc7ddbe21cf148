DELETE FROM stock_reservations WHERE source = 'ORDER';
ALTER TABLE stock_reservations DROP CONSTRAINT stock_reservations_source_check;
ALTER TABLE stock_reservations ADD CONSTRAINT stock_reservations_source_check
    CHECK (source IN ('HOLD', 'TRANSFER'));
DROP TABLE order_lines;
DROP TABLE orders;
DROP TABLE quote_lines;
DROP TABLE quotes;
