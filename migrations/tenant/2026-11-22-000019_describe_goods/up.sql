-- A kind of goods has two more words. DIRECT stays allowed and is read as DIRECT_DELIVERY: the program
-- of yesterday writes it.
ALTER TABLE products DROP CONSTRAINT products_kind_check;
ALTER TABLE products ADD CONSTRAINT products_kind_check
    CHECK (kind IN ('STOCK', 'SERVICE', 'SPECIAL_ORDER', 'DIRECT_DELIVERY', 'DIRECT', 'DEPOSIT'));

CREATE TABLE attributes (
    id uuid PRIMARY KEY,
    category_id uuid NOT NULL CONSTRAINT attributes_category_exists REFERENCES categories (id),
    code text NOT NULL CONSTRAINT attributes_code_unique UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('TEXT', 'NUMBER', 'BOOLEAN', 'CHOICE')),
    unit_id uuid CONSTRAINT attributes_unit_exists REFERENCES units (id),
    choices text[],
    is_required boolean NOT NULL,
    is_filterable boolean NOT NULL,
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT attributes_unit_check CHECK (kind = 'NUMBER' OR unit_id IS NULL),
    CONSTRAINT attributes_choices_check CHECK ((kind = 'CHOICE') = (choices IS NOT NULL))
);
COMMENT ON TABLE attributes IS 'What is asked of the products of a category and of those below it.';
COMMENT ON COLUMN attributes.unit_id IS 'What a number is given in.';
CREATE INDEX attributes_category ON attributes (category_id, code);

CREATE TABLE product_attributes (
    product_id uuid NOT NULL
        CONSTRAINT product_attributes_product_exists REFERENCES products (id) ON DELETE CASCADE,
    attribute_id uuid NOT NULL
        CONSTRAINT product_attributes_attribute_exists REFERENCES attributes (id),
    text_value text CHECK (length(text_value) BETWEEN 1 AND 500),
    number_value numeric(20, 6),
    flag_value boolean,
    PRIMARY KEY (product_id, attribute_id),
    CONSTRAINT product_attributes_value_check CHECK (num_nonnulls(text_value, number_value, flag_value) = 1)
);
COMMENT ON TABLE product_attributes IS 'What a product is, by the attributes of its category.';
COMMENT ON COLUMN product_attributes.text_value IS 'A text, or one of the choices.';
CREATE INDEX product_attributes_text ON product_attributes (attribute_id, text_value, product_id)
    WHERE text_value IS NOT NULL;
CREATE INDEX product_attributes_number ON product_attributes (attribute_id, number_value, product_id)
    WHERE number_value IS NOT NULL;
CREATE INDEX product_attributes_flag ON product_attributes (attribute_id, flag_value, product_id)
    WHERE flag_value IS NOT NULL;

-- In place of product_units.barcode, which the program of yesterday reads and which goes a release
-- later. A GTIN of 8, 12 or 13 digits is the same one with zeros in front.
CREATE TABLE product_barcodes (
    product_id uuid NOT NULL,
    unit_id uuid NOT NULL,
    barcode text NOT NULL CHECK (length(barcode) BETWEEN 1 AND 64),
    scanned text NOT NULL CONSTRAINT product_barcodes_scanned_unique UNIQUE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (product_id, unit_id, scanned),
    CONSTRAINT product_barcodes_unit_exists FOREIGN KEY (product_id, unit_id)
        REFERENCES product_units (product_id, unit_id) ON DELETE CASCADE
);
COMMENT ON COLUMN product_barcodes.barcode IS 'As it is printed.';
COMMENT ON COLUMN product_barcodes.scanned IS 'What it is found by: a GTIN with 14 digits, anything else as it is.';
INSERT INTO product_barcodes (product_id, unit_id, barcode, scanned, created_at)
    SELECT u.product_id, u.unit_id, u.barcode,
           CASE WHEN u.barcode ~ '^([0-9]{8}|[0-9]{12,14})$' THEN lpad(u.barcode, 14, '0') ELSE u.barcode END,
           p.created_at
    FROM product_units u JOIN products p ON p.id = u.product_id WHERE u.barcode IS NOT NULL
    ON CONFLICT (scanned) DO NOTHING;

-- What a search looks through: the SKU, and the words of SKU and name, without accents and case, as
-- src/kernel/words.rs folds what is searched for. Indexes over expressions, so that there is no
-- column that could be forgotten. The lists of words are written at once: a list of what is still to
-- be sorted in would be read by every search.
CREATE INDEX products_sku_folded ON products
    ((lower(translate(normalize(sku, NFD), U&'\0111\0110\00D7\00B2\00B3\0009\000A!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\00A0\00D8\00F8\2013\2014\2018\2019\201C\201D\0300\0301\0302\0303\0306\0307\0308\0309\030A\030B\030C\031B\0323\0324\0326\0327\0328\0331', 'dDx23                                           '))) COLLATE "C");
CREATE INDEX products_words ON products USING gin
    (array_to_tsvector(array_remove(string_to_array(lower(translate(normalize(sku || ' ' || name, NFD), U&'\0111\0110\00D7\00B2\00B3\0009\000A!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\00A0\00D8\00F8\2013\2014\2018\2019\201C\201D\0300\0301\0302\0303\0306\0307\0308\0309\030A\030B\030C\031B\0323\0324\0326\0327\0328\0331', 'dDx23                                           ')), ' '), '')))
    WITH (fastupdate = off);

-- Every word that was ever in a SKU or name, for those who slip: words with letters, of 3 to 40
-- characters. The program adds to it and takes nothing away.
CREATE TABLE search_words (
    word text PRIMARY KEY,
    forms text[] NOT NULL
);
COMMENT ON COLUMN search_words.forms IS 'The word, and what is left of it without one of its letters: two words that differ by one slip share one.';
INSERT INTO search_words (word, forms)
    SELECT word, ARRAY(SELECT DISTINCT left(word, n - 1) || substr(word, n + 1) FROM generate_series(1, length(word) + 1) n)
    FROM (SELECT DISTINCT unnest(string_to_array(lower(translate(normalize(sku || ' ' || name, NFD), U&'\0111\0110\00D7\00B2\00B3\0009\000A!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\00A0\00D8\00F8\2013\2014\2018\2019\201C\201D\0300\0301\0302\0303\0306\0307\0308\0309\030A\030B\030C\031B\0323\0324\0326\0327\0328\0331', 'dDx23                                           ')), ' ')) AS word FROM products) AS found
    WHERE length(word) BETWEEN 3 AND 40 AND word ~ '[^0-9]';
CREATE INDEX search_words_forms ON search_words USING gin (forms) WITH (fastupdate = off);
CREATE INDEX search_words_likeness ON search_words USING gin (word gin_trgm_ops) WITH (fastupdate = off);
