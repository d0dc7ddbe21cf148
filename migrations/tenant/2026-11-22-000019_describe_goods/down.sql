DROP TABLE search_words;
DROP INDEX products_words;
DROP INDEX products_sku_folded;
DROP TABLE product_barcodes;
DROP TABLE product_attributes;
DROP TABLE attributes;
UPDATE products SET kind = 'DIRECT' WHERE kind = 'DIRECT_DELIVERY';
UPDATE products SET kind = 'STOCK' WHERE kind = 'SPECIAL_ORDER';
ALTER TABLE products DROP CONSTRAINT products_kind_check;
ALTER TABLE products ADD CONSTRAINT products_kind_check
    CHECK (kind IN ('STOCK', 'SERVICE', 'DIRECT', 'DEPOSIT'));
