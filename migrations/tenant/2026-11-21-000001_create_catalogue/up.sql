CREATE TABLE units (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT units_code_unique UNIQUE,
    name text NOT NULL,
    dimension text NOT NULL
        CHECK (dimension IN ('COUNT', 'MASS', 'LENGTH', 'AREA', 'VOLUME', 'SERVICE')),
    scale smallint NOT NULL CHECK (scale BETWEEN 0 AND 6),
    rec20_code text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN units.scale IS 'Decimals a quantity in this unit may have.';
COMMENT ON COLUMN units.rec20_code IS 'UN/ECE Recommendation 20 code, if there is one.';

CREATE TABLE categories (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT categories_code_unique UNIQUE,
    name text NOT NULL,
    parent_id uuid CONSTRAINT categories_parent_exists REFERENCES categories (id),
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (parent_id <> id)
);
CREATE INDEX categories_parent ON categories (parent_id);

CREATE TABLE products (
    id uuid PRIMARY KEY,
    sku text NOT NULL CONSTRAINT products_sku_unique UNIQUE,
    name text NOT NULL,
    description text,
    kind text NOT NULL CHECK (kind IN ('STOCK', 'SERVICE', 'DIRECT', 'DEPOSIT')),
    category_id uuid CONSTRAINT products_category_exists REFERENCES categories (id),
    base_unit_id uuid NOT NULL CONSTRAINT products_base_unit_exists REFERENCES units (id),
    list_price numeric(18, 4) NOT NULL CHECK (list_price >= 0),
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    search_text text NOT NULL GENERATED ALWAYS AS (lower(sku || ' ' || name)) STORED
);
COMMENT ON COLUMN products.list_price IS 'Per base unit, in the dealer''s currency.';
CREATE INDEX products_name ON products (name, id);
CREATE INDEX products_category ON products (category_id);
CREATE INDEX products_search_text ON products USING gin (search_text gin_trgm_ops);

CREATE TABLE product_units (
    product_id uuid NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    unit_id uuid NOT NULL CONSTRAINT product_units_unit_exists REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    barcode text CONSTRAINT product_units_barcode_unique UNIQUE,
    PRIMARY KEY (product_id, unit_id)
);
COMMENT ON COLUMN product_units.num IS 'Base units per one of the unit = num / den, in lowest terms.';
