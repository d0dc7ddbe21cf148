ALTER TABLE jobs DROP COLUMN price_list_id;
ALTER TABLE customers DROP COLUMN price_list_id;
ALTER TABLE products DROP COLUMN standard_cost;
ALTER TABLE products DROP COLUMN tax_class_id;
DROP TABLE price_rules;
DROP TABLE price_lists;
DROP TABLE tax_rates;
DROP TABLE tax_classes;
