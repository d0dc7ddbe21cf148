DROP TABLE product_units;
DROP TABLE products;
DROP TABLE categories;
DROP TABLE units;
