DROP INDEX orders_wanted;
DROP TABLE sales_by_buyer;
DROP TABLE sales_by_product;
DROP TABLE sales_by_day;
